package rankine.engine;

import java.util.List;
import java.util.OptionalDouble;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.stats.ExampleOutcome;
import rankine.engine.stats.Interval;
import rankine.engine.stats.PairedComparison;

/**
 * What a model scored on a task.
 *
 * @param task the task's name
 * @param version of the task, such as paper
 * @param split {@code test} or {@code validation}
 * @param n number of examples
 * @param correct number of correct predictions; of exact matches in a task with free answers
 * @param interval 95 % Wilson interval of the accuracy
 * @param f1 mean F1, in a task with free answers
 * @param examples the result of each example, in the order of the data
 * @param notes plain sentences that a reader of the numbers must know
 * @param json the whole result with its manifest (hashes, seed, edits, backend, versions), as
 *     {@code eval --format json} prints it
 */
public record Evaluation(
    String task,
    String version,
    String split,
    int n,
    int correct,
    ConfidenceInterval interval,
    OptionalDouble f1,
    List<ExampleResult> examples,
    List<String> notes,
    String json) {

  /** Copies the lists. */
  public Evaluation {
    examples = List.copyOf(examples);
    notes = List.copyOf(notes);
  }

  /**
   * The result of one example.
   *
   * @param example its data file and row, from 0: {@code test.jsonl:7}
   * @param correct whether the prediction is correct
   * @param f1 of the answer, in a task with free answers
   */
  public record ExampleResult(String example, boolean correct, OptionalDouble f1) {

    static ExampleResult of(Prediction prediction) {
      return new ExampleResult(prediction.example(), prediction.correct(), prediction.f1());
    }
  }

  static Evaluation of(EvaluationResult result) {
    EvaluationResult.Counts counts = result.counts();
    Interval interval = counts.interval();
    return new Evaluation(
        result.task().name(),
        result.task().version(),
        result.options().part().label(),
        counts.n(),
        counts.correct(),
        new ConfidenceInterval(interval.lower(), interval.upper(), interval.level()),
        counts.f1(),
        result.predictions().stream().map(ExampleResult::of).toList(),
        result.notes(),
        result.toJson().toString());
  }

  /** Returns correct / n. */
  public double accuracy() {
    return (double) correct / n;
  }

  /**
   * Returns the two-sided p-value of the exact McNemar test that this evaluation and {@code other}
   * have the same accuracy.
   *
   * @param other of the same examples, by another model
   * @throws rankine.common.RunException if the examples are not the same
   */
  public double pValue(Evaluation other) {
    return PairedComparison.mcNemar(outcomes(), other.outcomes()).pValue();
  }

  private List<ExampleOutcome> outcomes() {
    return examples.stream()
        .map(one -> new ExampleOutcome(one.example(), one.correct(), one.f1()))
        .toList();
  }
}
