package rankine.engine.run;

import java.util.Arrays;
import java.util.List;
import rankine.engine.icl.Scorer;
import rankine.kernels.KvCache;

/**
 * Ids to append to a sequence, and the next tokens to score after some of them.
 *
 * @param cache of the sequence
 * @param ids the tokens to append
 * @param targets [ids.length][]: for each row the next tokens whose log-probability is computed;
 *     most rows have none
 * @param logProbabilities of the targets, in their shape; {@link Batcher} fills it
 */
record ScoringRequest(KvCache cache, int[] ids, int[][] targets, double[][] logProbabilities) {
  private static final int[] NONE = {};

  /** A query's prompt: scores the first token of each continuation after its last token. */
  static ScoringRequest prompt(KvCache cache, Scorer.Query query) {
    int[][] targets = none(query.prompt().length);
    List<int[]> continuations = query.continuations();
    targets[targets.length - 1] = continuations.stream().mapToInt(ids -> ids[0]).toArray();
    return new ScoringRequest(cache, query.prompt(), targets, new double[targets.length][]);
  }

  /** A continuation without its last token: scores each following token of the continuation. */
  static ScoringRequest continuation(KvCache cache, int[] continuation) {
    int count = continuation.length - 1;
    int[] ids = Arrays.copyOf(continuation, count);
    int[][] targets = new int[count][];
    for (int i = 0; i < count; i++) {
      targets[i] = new int[] {continuation[i + 1]};
    }
    return new ScoringRequest(cache, ids, targets, new double[count][]);
  }

  private static int[][] none(int rows) {
    int[][] targets = new int[rows][];
    Arrays.fill(targets, NONE);
    return targets;
  }

  /** Returns the log-probabilities after the last token. */
  double[] lastRow() {
    return logProbabilities[logProbabilities.length - 1];
  }

  /** Returns the sum of all log-probabilities, added in order. */
  double sum() {
    double sum = 0;
    for (double[] row : logProbabilities) {
      for (double value : row) {
        sum += value;
      }
    }
    return sum;
  }
}
