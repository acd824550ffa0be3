package rankine.engine.stats;

import java.util.OptionalDouble;

/**
 * How one run did on one example.
 *
 * @param example what tells the example from all others of the run, such as {@code val.jsonl: row
 *     12}
 * @param correct whether it is right
 * @param score a finer score where the task has one, such as F1; finite
 */
public record ExampleOutcome(String example, boolean correct, OptionalDouble score) {

  /** Right or wrong, and no finer score. */
  public static ExampleOutcome of(String example, boolean correct) {
    return new ExampleOutcome(example, correct, OptionalDouble.empty());
  }

  /** With a score beside right or wrong. */
  public static ExampleOutcome of(String example, boolean correct, double score) {
    return new ExampleOutcome(example, correct, OptionalDouble.of(score));
  }
}
