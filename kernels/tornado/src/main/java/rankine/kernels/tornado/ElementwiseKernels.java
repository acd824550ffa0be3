package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** Elementwise operations and rotary embedding; one group per row. */
final class ElementwiseKernels {
  private static final float SQRT_2_OVER_PI = 0x1.988454p-1f;

  private ElementwiseKernels() {}

  /** {@link rankine.kernels.Op.Gelu}, where it is not fused into a linear layer. */
  static void geluRows(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, gelu(floats.get(x + i)));
    }
  }

  /** {@link rankine.kernels.Op.SwiGlu}; the up projection is the second operand. */
  static void swiGluRows(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    int up = tables.get(op + OpEncoding.SECOND_OPERAND) + c.groupIdx * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, silu(floats.get(x + i)) * floats.get(up + i));
    }
  }

  /**
   * {@link rankine.kernels.Op.Rotary}. The weight is a table [positions, 2, pairs] of cosines, then
   * sines, because a device's own sine of a large angle is not accurate enough.
   */
  static void rotaryRows(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int token = control.get(OpEncoding.BATCH) + c.groupIdx * OpEncoding.TOKEN_INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int heads = tables.get(op + OpEncoding.HEADS);
    int headDim = tables.get(op + OpEncoding.HEAD_DIM);
    int pairs = tables.get(op + OpEncoding.IN_WIDTH);
    int step = tables.get(op + OpEncoding.ROW_STRIDE);
    int other = tables.get(op + OpEncoding.COL_STRIDE);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    int table =
        tables.get(op + OpEncoding.WEIGHT) + tables.get(token + OpEncoding.POSITION) * 2 * pairs;
    for (int i = c.localIdx; i < heads * pairs; i += c.localGroupSizeX) {
      int pair = i % pairs;
      int a = x + (i / pairs) * headDim + pair * step;
      float cos = floats.get(table + pair);
      float sin = floats.get(table + pairs + pair);
      float u = floats.get(a);
      float v = floats.get(a + other);
      floats.set(a, u * cos - v * sin);
      floats.set(a + other, v * cos + u * sin);
    }
  }

  /** The tanh form of GELU, computed with exp; beyond ±10 tanh is ±1 in float32. */
  static float gelu(float x) {
    float t = SQRT_2_OVER_PI * (x + 0.044715f * x * x * x);
    float e = TornadoMath.exp(-2 * TornadoMath.min(TornadoMath.max(t, -10f), 10f));
    return x / (1 + e);
  }

  /** {@code x / (1 + e^-x)}; where e^-x would overflow, the quotient is 0. */
  static float silu(float x) {
    return x / (1 + TornadoMath.exp(TornadoMath.min(-x, 88f)));
  }
}
