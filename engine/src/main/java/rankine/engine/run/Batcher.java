package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.model.Session;
import rankine.kernels.Batch;

/**
 * Fills batches with the tokens of several sequences, up to the session's rows and logits. A
 * sequence that does not fit goes on in the next batch; the results are the same.
 */
final class Batcher {
  private final Session session;
  private final List<Batch.Sequence> sequences = new ArrayList<>();

  /** Where each wanted row's result goes. */
  private final List<double[][]> results = new ArrayList<>();

  private final List<Integer> resultRows = new ArrayList<>();
  private final List<Integer> logitRows = new ArrayList<>();
  private final List<int[]> targets = new ArrayList<>();
  private int rows;

  private Batcher(Session session) {
    this.session = session;
  }

  /** Runs all {@code work}, filling each one's {@code found}. */
  static void run(Session session, List<ScoringRequest> work) {
    Batcher packer = new Batcher(session);
    for (ScoringRequest scored : work) {
      packer.add(scored);
    }
    packer.flush();
  }

  private void add(ScoringRequest scored) {
    int done = 0;
    while (done < scored.ids().length) {
      int to = done;
      while (to < scored.ids().length && rows < session.maxRows()) {
        int[] target = scored.targets()[to];
        if (target.length > 0) {
          if (logitRows.size() == session.maxLogitRows()) {
            break;
          }
          logitRows.add(rows);
          targets.add(target);
          results.add(scored.found());
          resultRows.add(to);
        } else {
          scored.found()[to] = new double[0];
        }
        rows++;
        to++;
      }
      if (to > done) {
        int[] ids = Arrays.copyOfRange(scored.ids(), done, to);
        sequences.add(new Batch.Sequence(scored.cache(), ids));
      }
      if (to < scored.ids().length) {
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
    double[][] found = session.logProbabilities(batch, targets.toArray(int[][]::new));
    for (int i = 0; i < found.length; i++) {
      results.get(i)[resultRows.get(i)] = found[i];
    }
    sequences.clear();
    results.clear();
    resultRows.clear();
    logitRows.clear();
    targets.clear();
    rows = 0;
  }
}
