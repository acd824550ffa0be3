package rankine.engine.icl;

import java.util.OptionalInt;
import rankine.common.TaskException;

/**
 * The split, demonstrations and number of examples of an evaluation.
 *
 * @param part the evaluation split
 * @param shots demonstrations per class (in total for a generative task); absent: the task's
 *     default, lowered if the model's context is too short
 * @param seed selects the demonstrations and nothing else
 * @param limit evaluates only this many examples, a fixed pseudo-random subset; absent: all
 */
public record EvaluationOptions(
    EvaluationSplit part, OptionalInt shots, long seed, OptionalInt limit) {

  /** The whole test split, the task's default shots, seed 0. */
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

  /** Returns these options with another split. */
  public EvaluationOptions withPart(EvaluationSplit other) {
    return new EvaluationOptions(other, shots, seed, limit);
  }

  /** Returns these options with this many shots requested. */
  public EvaluationOptions withShots(int count) {
    return new EvaluationOptions(part, OptionalInt.of(count), seed, limit);
  }

  /** Returns these options with another seed, and so other demonstrations. */
  public EvaluationOptions withSeed(long other) {
    return new EvaluationOptions(part, shots, other, limit);
  }

  /** Returns these options with at most this many examples. */
  public EvaluationOptions withLimit(int count) {
    return new EvaluationOptions(part, shots, seed, OptionalInt.of(count));
  }
}
