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
public record Outcome(String example, boolean correct, OptionalDouble score) {

  /** Right or wrong, and no finer score. */
  public static Outcome of(String example, boolean correct) {
    return new Outcome(example, correct, OptionalDouble.empty());
  }

  /** With a score beside right or wrong. */
  public static Outcome of(String example, boolean correct, double score) {
    return new Outcome(example, correct, OptionalDouble.of(score));
  }
}
