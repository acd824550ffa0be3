package rankine.engine.run;

import java.time.Duration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/** How fast a model runs in this process: what an estimate of a longer run is made of. */
public final class ForwardSpeed {
  /** Operations of a pass, if the model is small; a large one gets the fewest tokens. */
  private static final double PASS_FLOPS = 2e9;

  private static final int LEAST_TOKENS = 64;

  /** Passes end when the fastest is at most this much faster than it was at half of the time. */
  private static final double STABLE = 0.9;

  /** The longest measurement, as a multiple of the shortest. */
  private static final int MOST = 5;

  private ForwardSpeed() {}

  /** Returns the floating-point operations of one token in all layers: two per weight. */
  public static double flopsPerToken(LoadedModel loaded) {
    return EditOverlay.matrices(loaded.original(), Edit.parse(Edit.EVERY_LAYER + ":all:0"))
        .values()
        .stream()
        .mapToDouble(w -> 2.0 * w.rows() * w.cols())
        .sum();
  }

  /**
   * Runs the model on some tokens, until it gets no faster: the first passes of a process compile
   * the kernels.
   *
   * @param least time to spend on it, if one pass does not take longer
   * @return flops per second of the fastest pass
   */
  public static double measured(LoadedModel loaded, Duration least) {
    double token = flopsPerToken(loaded);
    int most = Math.min(Session.DEFAULT_CHUNK, loaded.model().config().contextLength());
    int[] ids =
        new int[Math.clamp((long) (PASS_FLOPS / token), Math.min(LEAST_TOKENS, most), most)];
    double limit = least.toNanos() / 1e9;
    double shortest = Double.POSITIVE_INFINITY;
    double before = Double.POSITIVE_INFINITY;
    double half = 0;
    double elapsed = 0;
    try (Session session = loaded.session()) {
      while (elapsed < limit || (shortest < STABLE * before && elapsed < MOST * limit)) {
        if (elapsed >= 2 * half) {
          before = shortest;
          half = elapsed;
        }
        double pass = seconds(session, ids);
        shortest = Math.min(shortest, pass);
        elapsed += pass;
      }
    }
    return ids.length * token / shortest;
  }

  private static double seconds(Session session, int[] ids) {
    try (KvCache cache = session.sequence()) {
      long start = System.nanoTime();
      session.logits(cache, ids);
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
