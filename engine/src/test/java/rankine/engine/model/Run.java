package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;

/** Computes a checkpoint's logits on the scalar backend. */
final class Run {
  private Run() {}

  /** Returns the logits [ids.length][vocabSize] after each of {@code ids}, appended one by one. */
  static float[][] logits(Path folder, int... ids) {
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Backend backend = CpuBackend.scalar(1)) {
      Model model = Architectures.load(checkpoint, backend);
      try (Session session = new Session(model, backend, 1, Session.SCORING_ROWS);
          KvCache cache = session.sequence()) {
        float[][] rows = new float[ids.length][];
        for (int i = 0; i < ids.length; i++) {
          rows[i] = session.logits(cache, new int[] {ids[i]});
        }
        return rows;
      }
    }
  }

  /** Fails unless |expected - found| is at most {@code tolerance * max(1, |expected|)}. */
  static void assertClose(double[] expected, float[] found, double tolerance) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      int at = i;
      // Written so that NaN fails.
      assertTrue(
          Math.abs(expected[i] - found[i]) <= allowed,
          () -> "logit %d: expected %s, found %s".formatted(at, expected[at], found[at]));
    }
  }

  static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
