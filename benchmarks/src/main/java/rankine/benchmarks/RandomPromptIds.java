package rankine.benchmarks;

import java.util.Random;

/** Random token ids, the same for every contender. */
final class RandomPromptIds {
  /** Upper bound of the ids, unless the vocabulary is smaller. */
  static final int VOCAB = 50000;

  private static final int SEED = 7;

  private RandomPromptIds() {}

  /**
   * Returns {@code count} ids, uniform over [0, 50000); a shorter prompt is a prefix of a longer.
   */
  static int[] ids(int count) {
    return ids(count, VOCAB);
  }

  /** Returns {@code count} ids, uniform over [0, {@code vocab}). */
  static int[] ids(int count, int vocab) {
    return new Random(SEED).ints(count, 0, vocab).toArray();
  }
}
