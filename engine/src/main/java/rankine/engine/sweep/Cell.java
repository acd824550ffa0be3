package rankine.engine.sweep;

import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import rankine.common.io.JsonObject;
import rankine.common.io.Sha256;
import rankine.engine.run.VariantEvaluation;
import rankine.engine.stats.ExampleOutcome;
import rankine.engine.stats.Score;

/**
 * A finished evaluation.
 *
 * @param result as {@link rankine.engine.icl.EvaluationResult#toJson}
 * @param outcomeBits one character per example, in data order: 1 correct, 0 wrong
 * @param scores F1 per example, for a task with free-form answers; else empty
 * @param examples SHA-256 of the examples' names and gold labels or answers: only runs on the same
 *     examples are paired
 * @param prompts SHA-256 of the hashes of the prompts: equal for one task, seed and split
 * @param seconds duration of the evaluation
 * @param manifest as {@link rankine.engine.run.Manifest#of}
 */
public record Cell(
    CellKey key,
    ObjectNode result,
    String outcomeBits,
    List<Double> scores,
    String examples,
    String prompts,
    double seconds,
    ObjectNode manifest)
    implements RunLine {

  /** Copies the list. */
  public Cell {
    scores = List.copyOf(scores);
  }

  static Cell of(CellKey key, VariantEvaluation evaluation, double seconds) {
    StringBuilder outcomeBits = new StringBuilder();
    List<Double> scores = new ArrayList<>();
    for (ExampleOutcome outcome : evaluation.outcomes()) {
      outcomeBits.append(outcome.correct() ? '1' : '0');
      outcome.score().ifPresent(scores::add);
    }
    return new Cell(
        key,
        evaluation.run().result().toJson(),
        outcomeBits.toString(),
        scores,
        examples(evaluation),
        Sha256.hexOfLines(evaluation.promptHashes()),
        seconds,
        evaluation.run().manifest());
  }

  private static String examples(VariantEvaluation evaluation) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < evaluation.outcomes().size(); i++) {
      lines.add(evaluation.outcomes().get(i).example() + " " + evaluation.gold().get(i));
    }
    return Sha256.hexOfLines(lines);
  }

  static Cell of(JsonObject json) {
    Cell cell =
        new Cell(
            CellKey.of(json.object("cell")),
            json.object("result").tree(),
            json.get("outcomes", TEXT),
            json.has("scores") ? json.list("scores", number(0)) : List.of(),
            json.get("examples_sha256", TEXT),
            json.get("prompts_sha256", TEXT),
            json.get("seconds", number(0)),
            json.object("manifest").tree());
    json.done();
    check(json, cell);
    return cell;
  }

  /** Checks that the result's counts agree with the outcomes per example. */
  private static void check(JsonObject json, Cell cell) {
    if (!cell.outcomeBits.chars().allMatch(c -> c == '0' || c == '1')) {
      throw json.fault("outcomes", "only 0 and 1", "other characters");
    }
    JsonObject result = json.object("result");
    int n = result.get("n", integer(1, Integer.MAX_VALUE));
    if (cell.n() != n) {
      throw json.fault("outcomes", n + " examples as in result.n", String.valueOf(cell.n()));
    }
    int correct = result.get("correct", integer(0, n));
    if (cell.correct() != correct) {
      throw json.fault(
          "outcomes", correct + " correct as in result.correct", String.valueOf(cell.correct()));
    }
    int scored = result.has("f1") ? n : 0;
    if (cell.scores.size() != scored) {
      throw json.fault("scores", scored + " numbers", String.valueOf(cell.scores.size()));
    }
    if (scored > 0) {
      result.get("f1", number(0));
    }
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", LineKind.CELL.label());
    json.set("cell", key.toJson());
    json.set("result", result);
    json.put("outcomes", outcomeBits);
    if (!scores.isEmpty()) {
      ArrayNode list = json.putArray("scores");
      scores.forEach(list::add);
    }
    json.put("examples_sha256", examples);
    json.put("prompts_sha256", prompts);
    json.put("seconds", seconds);
    json.set("manifest", manifest);
    return json;
  }

  /** Number of examples. */
  public int n() {
    return outcomeBits.length();
  }

  /** Number of correct examples; exact matches for a task with free-form answers. */
  public int correct() {
    return (int) outcomeBits.chars().filter(c -> c == '1').count();
  }

  /** correct / n. */
  public Score figures() {
    return Score.of(n(), correct(), f1());
  }

  /** The mean F1, for a task with free-form answers. */
  public OptionalDouble f1() {
    return scores.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.get("f1").doubleValue());
  }

  /** The score that rates are chosen by: F1 for a task with free-form answers, else accuracy. */
  public double score() {
    return figures().value();
  }

  /**
   * The outcomes per example, named so that names are equal in two cells only if the examples are.
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

  /** Returns whether both evaluations used the same prompts on the same examples. */
  public boolean hasSamePrompts(Cell other) {
    return examples.equals(other.examples) && prompts.equals(other.prompts);
  }

  /**
   * Returns whether both cells have the same key, result and outcomes; time and machine may differ.
   */
  boolean agreesWith(Cell other) {
    return key.equals(other.key)
        && result.equals(other.result)
        && outcomeBits.equals(other.outcomeBits)
        && scores.equals(other.scores)
        && examples.equals(other.examples)
        && prompts.equals(other.prompts);
  }
}
