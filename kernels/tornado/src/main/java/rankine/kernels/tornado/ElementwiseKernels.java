package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Elementwise operations and rotary embedding; one group per row. */
final class ElementwiseKernels {
  private static final float SQRT_2_OVER_PI = 0x1.988454p-1f;
  private static final float SQRT_1_2 = 0x1.6a09e6p-1f;

  private ElementwiseKernels() {}

  /** {@link rankine.kernels.Op.Activation}, where it is not fused into a linear layer. */
  static void activation(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    int function = tables.get(op + OpEncoding.FUNCTION);
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, activation(function, floats.get(x + i)));
    }
  }

  /** {@link rankine.kernels.Op.GatedActivation}; the up projection is the second operand. */
  static void gatedActivation(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    int function = tables.get(op + OpEncoding.FUNCTION);
    int up = tables.get(op + OpEncoding.SECOND_OPERAND) + c.groupIdx * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, activation(function, floats.get(x + i)) * floats.get(up + i));
    }
  }

  /** {@link rankine.kernels.Op.Scale}. */
  static void scale(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    float factor = floats.get(tables.get(op + OpEncoding.SCALAR));
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, floats.get(x + i) * factor);
    }
  }

  /** {@link rankine.kernels.Op.SoftCap}. */
  static void softCap(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    float cap = floats.get(tables.get(op + OpEncoding.SCALAR));
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, softCap(floats.get(x + i), cap));
    }
  }

  /** {@link rankine.kernels.Op.Add}; the addend is the second operand. */
  static void add(KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int x = tables.get(op + OpEncoding.OUT) + c.groupIdx * width;
    int y = tables.get(op + OpEncoding.SECOND_OPERAND) + c.groupIdx * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(x + i, floats.get(x + i) + floats.get(y + i));
    }
  }

  /**
   * {@link rankine.kernels.Op.Rotary}. The weight is a table [positions, 2, pairs] of cosines, then
   * sines, because a device's own sine of a large angle is not accurate enough.
   */
  static void rotaryRows(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    rotate(c, control, tables, floats, op);
  }

  /** Rotates the group's row of the slot of operation {@code op}. */
  static void rotate(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int op) {
    int token = AttentionKernels.token(control, tables, op, c.groupIdx);
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

  /** An activation function by its {@link OpEncoding#FUNCTION}. */
  static float activation(int function, float x) {
    float y = TornadoMath.max(x, 0f);
    if (function == OpEncoding.SILU) {
      y = silu(x);
    } else if (function == OpEncoding.GELU_TANH) {
      y = geluTanh(x);
    } else if (function == OpEncoding.GELU_ERF) {
      y = geluErf(x);
    }
    return y;
  }

  /** The tanh form of GELU, computed with exp; beyond ±10 tanh is ±1 in float32. */
  private static float geluTanh(float x) {
    float t = SQRT_2_OVER_PI * (x + 0.044715f * x * x * x);
    float e = TornadoMath.exp(-2 * TornadoMath.min(TornadoMath.max(t, -10f), 10f));
    return x / (1 + e);
  }

  /** {@code 0.5 x erfc(-x / sqrt(2))}; erfc of Abramowitz and Stegun, 7.1.26, to 1.5e-7. */
  private static float geluErf(float x) {
    float z = SQRT_1_2 * TornadoMath.abs(x);
    float t = 1 / (1 + 0.3275911f * z);
    float poly = 1.0614054f * t - 1.4531521f;
    poly = poly * t + 1.4214138f;
    poly = poly * t - 0.28449672f;
    poly = poly * t + 0.2548296f;
    float tail = poly * t * TornadoMath.exp(-TornadoMath.min(z * z, 80f));
    float erfc = 2 - tail;
    if (x < 0) {
      erfc = tail;
    }
    return 0.5f * x * erfc;
  }

  /** {@code cap tanh(x / cap)}. */
  static float softCap(float x, float cap) {
    float u = x / cap;
    float e = TornadoMath.exp(-2 * TornadoMath.min(TornadoMath.abs(u), 20f));
    float tanh = (1 - e) / (1 + e);
    if (u < 0) {
      tanh = -tanh;
    }
    return cap * tanh;
  }

  /** {@code x / (1 + e^-x)}; where e^-x would overflow, the quotient is 0. */
  private static float silu(float x) {
    return x / (1 + TornadoMath.exp(TornadoMath.min(-x, 88f)));
  }
}
