package rankine.engine.sweep;

import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import rankine.common.io.JsonObject;
import rankine.common.io.Sha256;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.stats.ExampleOutcome;
import rankine.engine.stats.TaskScore;

/**
 * The evaluation of a model on a task's examples.
 *
 * @param result as {@link EvaluationResult#figures}
 * @param outcomeBits one character per example, in data order: 1 correct, 0 wrong
 * @param scores F1 per example, for a task with free-form answers; else empty
 * @param examples SHA-256 of the examples' names and gold labels or answers: only runs on the same
 *     examples are paired
 * @param prompts SHA-256 of the hashes of the prompts: equal for one task, seed and split
 * @param manifest as {@link rankine.engine.run.Manifest#of}
 */
public record TaskRecord(
    ObjectNode result,
    String outcomeBits,
    List<Double> scores,
    String examples,
    String prompts,
    ObjectNode manifest)
    implements EvaluationRecord {

  /** Copies the list. */
  public TaskRecord {
    scores = List.copyOf(scores);
  }

  /** Returns the record of a result. */
  public static TaskRecord of(EvaluationResult result) {
    StringBuilder outcomeBits = new StringBuilder();
    List<Double> scores = new ArrayList<>();
    for (Prediction prediction : result.predictions()) {
      outcomeBits.append(prediction.correct() ? '1' : '0');
      prediction.f1().ifPresent(scores::add);
    }
    return new TaskRecord(
        result.figures(),
        outcomeBits.toString(),
        scores,
        Sha256.hexOfLines(
            result.predictions().stream()
                .map(one -> one.example() + " " + one.goldJson())
                .toList()),
        Sha256.hexOfLines(result.predictions().stream().map(Prediction::promptHash).toList()),
        result.manifest());
  }

  /** Reads the keys that {@link #addTo} and the cell write. */
  static TaskRecord of(JsonObject json) {
    TaskRecord evaluation =
        new TaskRecord(
            json.object("result").tree(),
            json.get("outcomes", TEXT),
            json.has("scores") ? json.list("scores", number(0)) : List.of(),
            json.get("examples_sha256", TEXT),
            json.get("prompts_sha256", TEXT),
            json.object("manifest").tree());
    evaluation.check(json);
    return evaluation;
  }

  /** Checks that the result's counts agree with the outcomes per example. */
  private void check(JsonObject json) {
    if (!outcomeBits.chars().allMatch(c -> c == '0' || c == '1')) {
      throw json.fault("outcomes", "only 0 and 1", "other characters");
    }
    JsonObject figures = json.object("result");
    int n = figures.get("n", integer(1, Integer.MAX_VALUE));
    if (n() != n) {
      throw json.fault("outcomes", n + " examples as in result.n", String.valueOf(n()));
    }
    int correct = figures.get("correct", integer(0, n));
    if (correct() != correct) {
      throw json.fault(
          "outcomes", correct + " correct as in result.correct", String.valueOf(correct()));
    }
    int scored = figures.has("f1") ? n : 0;
    if (scores.size() != scored) {
      throw json.fault("scores", scored + " numbers", String.valueOf(scores.size()));
    }
    if (scored > 0) {
      figures.get("f1", number(0));
    }
  }

  @Override
  public void addTo(ObjectNode json) {
    json.set("result", result);
    json.put("outcomes", outcomeBits);
    if (!scores.isEmpty()) {
      ArrayNode list = json.putArray("scores");
      scores.forEach(list::add);
    }
    json.put("examples_sha256", examples);
    json.put("prompts_sha256", prompts);
  }

  /** Number of examples. */
  public int n() {
    return outcomeBits.length();
  }

  /** Number of correct examples; exact matches for a task with free-form answers. */
  public int correct() {
    return (int) outcomeBits.chars().filter(c -> c == '1').count();
  }

  @Override
  public TaskScore score() {
    return TaskScore.of(
        n(),
        correct(),
        scores.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(result.get("f1").doubleValue()));
  }

  /**
   * The outcomes per example, named so that names are equal in two records only if the examples
   * are.
   */
  public List<ExampleOutcome> outcomes() {
    List<ExampleOutcome> all = new ArrayList<>(n());
    for (int i = 0; i < n(); i++) {
      String example = examples + "#" + i;
      boolean right = outcomeBits.charAt(i) == '1';
      all.add(
          scores.isEmpty()
              ? ExampleOutcome.of(example, right)
              : ExampleOutcome.of(example, right, scores.get(i)));
    }
    return all;
  }

  /** Returns whether both used the same prompts on the same examples. */
  @Override
  public boolean hasSamePrompts(EvaluationRecord other) {
    return other instanceof TaskRecord task
        && examples.equals(task.examples)
        && prompts.equals(task.prompts);
  }

  @Override
  public boolean agreesWith(EvaluationRecord other) {
    return other instanceof TaskRecord task
        && result.equals(task.result)
        && outcomeBits.equals(task.outcomeBits)
        && scores.equals(task.scores)
        && hasSamePrompts(task);
  }
}
