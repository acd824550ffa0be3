package rankine.kernels;

import java.util.List;
import java.util.Optional;

/**
 * Times a backend on the two linear layers that dominate decode and prefill: the product of a
 * weight with one row, and with many rows.
 */
final class BackendBenchmark {
  private static final int WIDTH = 1024;
  private static final int ROWS = 128;

  /** Products with one row per product with many rows. */
  private static final int SINGLES = 16;

  /** The first runs compile; the best of the other runs counts. */
  private static final int WARM_UPS = 2;

  private static final int RUNS = 3;

  private BackendBenchmark() {}

  /** Returns the seconds of the best run. */
  static double seconds(Backend backend) {
    Slot in = Slot.tokens("in", WIDTH);
    Slot out = Slot.tokens("out", WIDTH);
    Weight w = backend.matrix(Matrix.of(new float[WIDTH * WIDTH], WIDTH, WIDTH));
    List<Op> program =
        List.of(new Op.Embed(w, in), new Op.Linear("linear", in, w, Optional.empty(), false, out));
    double best = Double.POSITIVE_INFINITY;
    try (Activations activations = backend.activations(List.of(in, out), ROWS, 1);
        KvCache cache = backend.cache(new KvShape(1, 1, 1, ROWS))) {
      Batch many = new Batch(List.of(new Batch.Sequence(cache, new int[ROWS])), new int[0]);
      Batch one = new Batch(List.of(new Batch.Sequence(cache, new int[1])), new int[0]);
      for (int run = 0; run < WARM_UPS + RUNS; run++) {
        long start = System.nanoTime();
        backend.run(program, activations, many);
        for (int i = 0; i < SINGLES; i++) {
          backend.run(program, activations, one);
        }
        backend.read(activations, out, 0, new float[WIDTH]); // waits for the device
        double seconds = (System.nanoTime() - start) * 1e-9;
        best = run < WARM_UPS ? best : Math.min(best, seconds);
      }
    }
    return best;
  }
}
