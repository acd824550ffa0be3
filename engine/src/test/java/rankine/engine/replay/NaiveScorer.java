package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/** The definition of a score: one prompt and one continuation at a time, token by token. */
public final class NaiveScorer {
  private NaiveScorer() {}

  /** Returns one array per prompt, one log-likelihood per continuation. */
  public static List<double[]> scores(Model model, Backend backend, List<Prompt> prompts) {
    try (Session session = new Session(model, backend)) {
      List<double[]> scores = new ArrayList<>();
      for (Prompt prompt : prompts) {
        int last = prompt.ids().length - 1;
        try (KvCache read = session.sequence()) {
          session.append(read, Arrays.copyOf(prompt.ids(), last));
          double[] sums = new double[prompt.continuations().size()];
          for (int c = 0; c < sums.length; c++) {
            int[] continuation = prompt.continuations().get(c);
            sums[c] = score(session, read, prompt.ids()[last], continuation, prompt.given()[c]);
          }
          scores.add(sums);
        }
      }
      return scores;
    }
  }

  /**
   * Scores each token after the one before it, but for those that are given.
   *
   * @param read the keys and values of the prompt but for its last id
   */
  private static double score(
      Session session, KvCache read, int last, int[] continuation, int given) {
    double first = 0;
    double others = 0;
    int before = last;
    try (KvCache cache = read.fork()) {
      for (int i = 0; i < continuation.length; i++) {
        Batch one =
            new Batch(List.of(new Batch.Sequence(cache, new int[] {before})), new int[] {0});
        double score = session.logProbabilities(one, new int[][] {{continuation[i]}})[0][0];
        first = i == 0 && given == 0 ? score : first;
        others += i == 0 || i < given ? 0 : score;
        before = continuation[i];
      }
    }
    return first + others;
  }
}
