package rankine.engine;

import java.util.OptionalInt;

/**
 * The examples of a task that are evaluated, and the demonstrations shown before each.
 *
 * @param split {@code test}, or {@code validation} for what chooses a pruning rate
 * @param shots demonstrations per class (in all for a task with free answers); empty: the task's
 *     own number, lowered if the model's context is too short
 * @param seed selects the demonstrations and nothing else
 * @param limit evaluates only this many examples, a fixed pseudo-random subset that is the same for
 *     every seed; empty: all
 */
public record ExampleOptions(String split, OptionalInt shots, long seed, OptionalInt limit) {
  /** The whole test split, the task's own shots, seed 0. */
  public static final ExampleOptions DEFAULT =
      new ExampleOptions("test", OptionalInt.empty(), 0, OptionalInt.empty());

  /** Returns these options with another split. */
  public ExampleOptions withSplit(String name) {
    return new ExampleOptions(name, shots, seed, limit);
  }

  /** Returns these options with that many shots, which must fit the context. */
  public ExampleOptions withShots(int count) {
    return new ExampleOptions(split, OptionalInt.of(count), seed, limit);
  }

  /** Returns these options with another seed, and so other demonstrations. */
  public ExampleOptions withSeed(long value) {
    return new ExampleOptions(split, shots, value, limit);
  }

  /** Returns these options with at most that many examples. */
  public ExampleOptions withLimit(int count) {
    return new ExampleOptions(split, shots, seed, OptionalInt.of(count));
  }
}
