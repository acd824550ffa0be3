package rankine.benchmarks;

import java.util.Random;

/** Token ids to run a random model on; every contender is given the same. */
final class RandomPromptIds {
  /** Of the ids, unless the model has fewer. */
  static final int VOCAB = 50000;

  private static final int SEED = 7;

  private RandomPromptIds() {}

  /** {@code count} ids, uniform over [0, 50000); a shorter prompt is the beginning of a longer. */
  static int[] ids(int count) {
    return ids(count, VOCAB);
  }

  /** The same over [0, {@code vocab}). */
  static int[] ids(int count, int vocab) {
    return new Random(SEED).ints(count, 0, vocab).toArray();
  }
}
