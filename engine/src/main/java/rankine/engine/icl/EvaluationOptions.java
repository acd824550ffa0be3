package rankine.engine.icl;

import java.util.OptionalInt;
import rankine.common.TaskException;

/**
 * What is evaluated.
 *
 * @param part which part of the data
 * @param shots demonstrations a class (in total for a task that counts so); absent: the task's
 *     default, lowered where the model's context is too short
 * @param seed chooses the demonstrations, and nothing else
 * @param limit evaluate only so many examples, a fixed pseudo-random subset; absent: all
 */
public record EvaluationOptions(
    EvaluationSplit part, OptionalInt shots, long seed, OptionalInt limit) {

  /** All of the test part, the task's own number of demonstrations, seed 0. */
  public static final EvaluationOptions DEFAULT =
      new EvaluationOptions(EvaluationSplit.TEST, OptionalInt.empty(), 0, OptionalInt.empty());

  public EvaluationOptions {
    if (shots.isPresent() && shots.getAsInt() < 0) {
      throw new TaskException("shots: expected 0 or more, found " + shots.getAsInt());
    }
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw new TaskException("limit: expected 1 or more, found " + limit.getAsInt());
    }
  }

  /** The same, of another part. */
  public EvaluationOptions withPart(EvaluationSplit other) {
    return new EvaluationOptions(other, shots, seed, limit);
  }

  /** The same, with this many demonstrations asked for. */
  public EvaluationOptions withShots(int asked) {
    return new EvaluationOptions(part, OptionalInt.of(asked), seed, limit);
  }

  /** The same, with other demonstrations. */
  public EvaluationOptions withSeed(long other) {
    return new EvaluationOptions(part, shots, other, limit);
  }

  /** The same, with at most this many examples. */
  public EvaluationOptions withLimit(int most) {
    return new EvaluationOptions(part, shots, seed, OptionalInt.of(most));
  }
}
