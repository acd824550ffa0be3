package rankine.benchmarks;

import java.util.Random;

/** Token ids to run a random model on; every contender is given the same. */
final class Prompts {
  private static final int VOCAB = 50000;
  private static final int SEED = 7;

  private Prompts() {}

  /** {@code count} ids, uniform over [0, 50000); a shorter prompt is the beginning of a longer. */
  static int[] ids(int count) {
    return new Random(SEED).ints(count, 0, VOCAB).toArray();
  }
}
