package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Reductions of logit rows. The control array has the offsets. */
final class ScoringKernels {
  static final int GROUP = 256;

  private static final float LOWEST = -3e38f;

  /** Control: offset of the first row of logits in the floats. */
  static final int LOGITS = OpEncoding.ARGUMENTS;

  /** Control: values per row. */
  static final int WIDTH = OpEncoding.ARGUMENTS + 1;

  /** Control: offset of the targets in the tables, a (row, column) pair each. */
  static final int TARGETS = OpEncoding.ARGUMENTS + 2;

  private ScoringKernels() {}

  /** Log-probability: the target's logit minus logsumexp of its row; one group per target. */
  static void logProbabilities(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, FloatArray results) {
    float[] tree = c.allocateFloatLocalArray(GROUP);
    int lane = c.localIdx;
    int width = control.get(WIDTH);
    int target = control.get(TARGETS) + 2 * c.groupIdx;
    int x = control.get(LOGITS) + tables.get(target) * width;
    float max = LOWEST;
    for (int i = lane; i < width; i += GROUP) {
      max = TornadoMath.max(max, floats.get(x + i));
    }
    tree[lane] = max;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        tree[lane] = TornadoMath.max(tree[lane], tree[lane + half]);
      }
    }
    c.localBarrier();
    float top = tree[0];
    c.localBarrier();
    float sum = 0;
    for (int i = lane; i < width; i += GROUP) {
      sum = sum + TornadoMath.exp(floats.get(x + i) - top);
    }
    tree[lane] = sum;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        tree[lane] = tree[lane] + tree[lane + half];
      }
    }
    c.localBarrier();
    if (lane == 0) {
      results.set(
          c.groupIdx, floats.get(x + tables.get(target + 1)) - top - TornadoMath.log(tree[0]));
    }
  }

  /** The column of the largest value of a row, the first of equal values; -1 if the row has NaN. */
  static void argmax(KernelContext c, IntArray control, FloatArray floats, IntArray result) {
    int[] best = c.allocateIntLocalArray(GROUP);
    int lane = c.localIdx;
    int width = control.get(WIDTH);
    int x = control.get(LOGITS);
    int at = lane < width ? lane : 0;
    float highest = floats.get(x + at);
    int bad = 0;
    for (int i = lane; i < width; i += GROUP) {
      float value = floats.get(x + i);
      // A NaN test that survives compilers that fold x != x to false.
      if (!(value >= LOWEST * 1.1f) && !(value < 0f)) {
        bad = 1;
      }
      if (value > highest) {
        highest = value;
        at = i;
      }
    }
    best[lane] = bad == 1 ? -1 : at;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        int a = best[lane];
        int b = best[lane + half];
        int winner = a;
        if (a < 0 || b < 0) {
          winner = -1;
        } else {
          float u = floats.get(x + a);
          float v = floats.get(x + b);
          if (v > u || (v == u && b < a)) {
            winner = b;
          }
        }
        best[lane] = winner;
      }
    }
    c.localBarrier();
    if (lane == 0) {
      result.set(0, best[0]);
    }
  }
}
