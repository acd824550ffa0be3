package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Norms, one group of {@value #GROUP} work-items per row: each work-item sums every {@value
 * #GROUP}th element, and a tree reduction adds these sums.
 */
final class NormKernels {
  static final int GROUP = 256;

  private NormKernels() {}

  /**
   * {@link rankine.kernels.Op.LayerNorm}; the scale is the weight, the shift the bias, if there is
   * one.
   */
  static void layerNorm(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    float[] sums = c.allocateFloatLocalArray(GROUP);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int width = tables.get(op + OpEncoding.IN_WIDTH);
    int x = tables.get(op + OpEncoding.IN) + c.groupIdx * width;
    float sum = 0;
    for (int i = lane; i < width; i += GROUP) {
      sum += floats.get(x + i);
    }
    sums[lane] = sum;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        sums[lane] += sums[lane + half];
      }
    }
    c.localBarrier();
    float mean = sums[0] / width;
    c.localBarrier();
    float squares = 0;
    for (int i = lane; i < width; i += GROUP) {
      float d = floats.get(x + i) - mean;
      squares += d * d;
    }
    sums[lane] = squares;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        sums[lane] += sums[lane + half];
      }
    }
    c.localBarrier();
    float epsilon = floats.get(tables.get(op + OpEncoding.SCALAR));
    float inverse = 1 / TornadoMath.sqrt(sums[0] / width + epsilon);
    int scale = tables.get(op + OpEncoding.WEIGHT);
    int shift = tables.get(op + OpEncoding.BIAS);
    int y = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    for (int i = lane; i < width; i += GROUP) {
      float value = (floats.get(x + i) - mean) * inverse * floats.get(scale + i);
      if (shift >= 0) {
        value = value + floats.get(shift + i);
      }
      floats.set(y + i, value);
    }
  }

  /** {@link rankine.kernels.Op.RmsNorm}, a group per head; the scale is the weight. */
  static void rmsNorm(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    float[] sums = c.allocateFloatLocalArray(GROUP);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int width = tables.get(op + OpEncoding.IN_WIDTH) / tables.get(op + OpEncoding.HEADS);
    int x = tables.get(op + OpEncoding.IN) + c.groupIdx * width;
    float squares = 0;
    for (int i = lane; i < width; i += GROUP) {
      squares += floats.get(x + i) * floats.get(x + i);
    }
    sums[lane] = squares;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        sums[lane] += sums[lane + half];
      }
    }
    c.localBarrier();
    float epsilon = floats.get(tables.get(op + OpEncoding.SCALAR));
    float inverse = 1 / TornadoMath.sqrt(sums[0] / width + epsilon);
    int scale = tables.get(op + OpEncoding.WEIGHT);
    int y = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    for (int i = lane; i < width; i += GROUP) {
      floats.set(y + i, floats.get(x + i) * inverse * floats.get(scale + i));
    }
  }
}
