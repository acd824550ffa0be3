package rankine.engine.stats;

import java.util.OptionalDouble;

/**
 * The outcome of one example in one run.
 *
 * @param example unique name of the example in the run, such as {@code val.jsonl: row 12}
 * @param correct whether the prediction is correct
 * @param score a graded score where the task has one, such as F1; finite
 */
public record ExampleOutcome(String example, boolean correct, OptionalDouble score) {

  /** An outcome without a graded score. */
  public static ExampleOutcome of(String example, boolean correct) {
    return new ExampleOutcome(example, correct, OptionalDouble.empty());
  }

  /** An outcome with a graded score. */
  public static ExampleOutcome of(String example, boolean correct, double score) {
    return new ExampleOutcome(example, correct, OptionalDouble.of(score));
  }
}
