package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What leaves the device of a row of logits. The control array says where everything is. */
final class ScoringKernels {
  static final int GROUP = 64;

  private static final float LOWEST = -3e38f;

  /** The row of logits of each group: where the first is, how many values a row has. */
  static final int LOGITS = OpEncoding.ARGUMENTS;

  static final int WIDTH = OpEncoding.ARGUMENTS + 1;

  /** Where the list of targets is: for each its row and its column. */
  static final int TARGETS = OpEncoding.ARGUMENTS + 2;

  private ScoringKernels() {}

  /** For each target, a group: its logit, less the logarithm of the sum of all exponentials. */
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

  /** The column of the largest value of one row, the first of equals; -1 where one is no number. */
  static void argmax(KernelContext c, IntArray control, FloatArray floats, IntArray result) {
    int[] best = c.allocateIntLocalArray(GROUP);
    int lane = c.localIdx;
    int width = control.get(WIDTH);
    int x = control.get(LOGITS);
    int at = lane < width ? lane : 0;
    int bad = 0;
    for (int i = lane; i < width; i += GROUP) {
      float value = floats.get(x + i);
      // Written so that it holds where a compiler takes x != x for false.
      if (!(value >= LOWEST * 1.1f) && !(value < 0f)) {
        bad = 1;
      }
      if (value > floats.get(x + at)) {
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
