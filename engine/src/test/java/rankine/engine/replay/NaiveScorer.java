package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/** The definition of a score: one prompt and one continuation at a time, nothing shared. */
public final class NaiveScorer {
  private NaiveScorer() {}

  /** Returns one array per prompt, one log-likelihood per continuation. */
  public static List<double[]> scores(Model model, Backend backend, List<Prompt> prompts) {
    try (Session session = new Session(model, backend)) {
      List<double[]> scores = new ArrayList<>();
      for (Prompt prompt : prompts) {
        scores.add(
            prompt.continuations().stream()
                .mapToDouble(c -> score(session, prompt.ids(), c))
                .toArray());
      }
      return scores;
    }
  }

  /** Reads the prompt, then token by token the continuation, and scores the next each time. */
  private static double score(Session session, int[] prompt, int[] continuation) {
    double first = 0;
    double others = 0;
    try (KvCache cache = session.sequence()) {
      session.append(cache, Arrays.copyOf(prompt, prompt.length - 1));
      int last = prompt[prompt.length - 1];
      for (int i = 0; i < continuation.length; i++) {
        Batch one = new Batch(List.of(new Batch.Sequence(cache, new int[] {last})), new int[] {0});
        double score = session.logProbabilities(one, new int[][] {{continuation[i]}})[0][0];
        first = i == 0 ? score : first;
        others += i == 0 ? 0 : score;
        last = continuation[i];
      }
    }
    return first + others;
  }
}
