package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.model.Session;
import rankine.kernels.Batch;

/**
 * Packs the tokens of several sequences into batches, up to the session's limits on rows and logit
 * rows. A sequence that does not fit continues in the next batch; the results are the same.
 */
final class Batcher {
  private final Session session;
  private final List<Batch.Sequence> sequences = new ArrayList<>();

  /** For each logit row, the array that receives its log-probabilities. */
  private final List<double[][]> results = new ArrayList<>();

  private final List<Integer> resultRows = new ArrayList<>();
  private final List<Integer> logitRows = new ArrayList<>();
  private final List<int[]> targets = new ArrayList<>();
  private int rows;

  private Batcher(Session session) {
    this.session = session;
  }

  /** Runs all requests and fills the {@code logProbabilities} of each. */
  static void run(Session session, List<ScoringRequest> requests) {
    Batcher batcher = new Batcher(session);
    for (ScoringRequest request : requests) {
      batcher.add(request);
    }
    batcher.flush();
  }

  private void add(ScoringRequest request) {
    int done = 0;
    while (done < request.ids().length) {
      int to = done;
      while (to < request.ids().length && rows < session.maxRows()) {
        int[] target = request.targets()[to];
        if (target.length > 0) {
          if (logitRows.size() == session.maxLogitRows()) {
            break;
          }
          logitRows.add(rows);
          targets.add(target);
          results.add(request.logProbabilities());
          resultRows.add(to);
        } else {
          request.logProbabilities()[to] = new double[0];
        }
        rows++;
        to++;
      }
      if (to > done) {
        int[] ids = Arrays.copyOfRange(request.ids(), done, to);
        sequences.add(new Batch.Sequence(request.cache(), ids));
      }
      if (to < request.ids().length) {
        flush();
      }
      done = to;
    }
  }

  private void flush() {
    if (sequences.isEmpty()) {
      return;
    }
    Batch batch = new Batch(sequences, logitRows.stream().mapToInt(Integer::intValue).toArray());
    double[][] scored = session.logProbabilities(batch, targets.toArray(int[][]::new));
    for (int i = 0; i < scored.length; i++) {
      results.get(i)[resultRows.get(i)] = scored[i];
    }
    sequences.clear();
    results.clear();
    resultRows.clear();
    logitRows.clear();
    targets.clear();
    rows = 0;
  }
}
