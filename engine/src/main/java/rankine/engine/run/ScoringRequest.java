package rankine.engine.run;

import java.util.Arrays;
import java.util.List;
import rankine.engine.icl.Scorer;
import rankine.kernels.KvCache;

/**
 * Ids to append to a sequence, and what is to be scored after some of them.
 *
 * @param ids the tokens
 * @param targets [ids.length][]: the next tokens whose log-probability is wanted; mostly none
 * @param found as {@code targets}, filled when run
 */
record ScoringRequest(KvCache cache, int[] ids, int[][] targets, double[][] found) {
  private static final int[] NONE = {};

  /** A query's prompt: the first token of each continuation is scored after its last token. */
  static ScoringRequest prompt(KvCache cache, Scorer.Query query) {
    int[][] targets = none(query.prompt().length);
    List<int[]> continuations = query.continuations();
    targets[targets.length - 1] = continuations.stream().mapToInt(ids -> ids[0]).toArray();
    return new ScoringRequest(cache, query.prompt(), targets, new double[targets.length][]);
  }

  /** A continuation's tokens but the last: each is followed by the next. */
  static ScoringRequest continuation(KvCache cache, int[] continuation) {
    int count = continuation.length - 1;
    int[] ids = Arrays.copyOf(continuation, count);
    int[][] targets = new int[count][];
    for (int i = 0; i < count; i++) {
      targets[i] = new int[] {continuation[i + 1]};
    }
    return new ScoringRequest(cache, ids, targets, new double[count][]);
  }

  private static int[][] none(int length) {
    int[][] targets = new int[length][];
    Arrays.fill(targets, NONE);
    return targets;
  }

  double[] lastRow() {
    return found[found.length - 1];
  }

  /** The sum of all log-probabilities, in order. */
  double sum() {
    double sum = 0;
    for (double[] row : found) {
      for (double value : row) {
        sum += value;
      }
    }
    return sum;
  }
}
