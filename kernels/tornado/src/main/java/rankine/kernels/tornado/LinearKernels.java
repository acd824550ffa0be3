package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * {@link rankine.kernels.Op.Linear} with what follows it. Both kernels bring pieces of the weight
 * to local memory in the order in which it lies, and both add up each output's products in
 * ascending order of the inputs, so a row has the same bits alone as among others.
 */
final class LinearKernels {
  /** Outputs a group, and its work-items, of {@link #oneRow}. */
  static final int OUTPUTS = 64;

  /** Inputs that are in local memory at a time in {@link #oneRow}. */
  private static final int INPUTS = 32;

  /** Rows, and outputs, of a tile of {@link #tile}. */
  static final int TILE = 32;

  /** Work-items of a tile: each has two rows by two outputs. */
  static final int TILE_GROUP = 256;

  /** Inputs that are in local memory at a time in {@link #tile}. */
  private static final int DEPTH = 16;

  private LinearKernels() {}

  /** For few rows: a group has {@value #OUTPUTS} outputs of one row. */
  static void oneRow(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    float[] xs = c.allocateFloatLocalArray(INPUTS);
    float[] ws = c.allocateFloatLocalArray(OUTPUTS * (INPUTS + 1));
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int kind = tables.get(op + OpEncoding.STORED);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int groups = TornadoMath.max(1, (outputs + OUTPUTS - 1) / OUTPUTS);
    int row = c.groupIdx / groups;
    int first = (c.groupIdx % groups) * OUTPUTS;
    int x = tables.get(op + OpEncoding.IN) + row * inputs;
    float sum = 0;
    for (int from = 0; from < inputs; from += INPUTS) {
      if (lane < INPUTS) {
        float value = 0;
        if (from + lane < inputs) {
          value = floats.get(x + from + lane);
        }
        xs[lane] = value;
      }
      for (int e = lane; e < OUTPUTS * INPUTS; e += OUTPUTS) {
        int o = e / INPUTS;
        int k = e % INPUTS;
        if (colStride != 1) {
          o = e % OUTPUTS;
          k = e / OUTPUTS;
        }
        float value = 0;
        if (first + o < outputs && from + k < inputs) {
          value =
              WeightLoads.get(
                  floats, halves, kind, weight, (first + o) * rowStride + (from + k) * colStride);
        }
        ws[o * (INPUTS + 1) + k] = value;
      }
      c.localBarrier();
      for (int k = 0; k < INPUTS; k++) {
        sum = sum + xs[k] * ws[lane * (INPUTS + 1) + k];
      }
      c.localBarrier();
    }
    if (first + lane < outputs) {
      finish(tables, floats, op, row, first + lane, sum);
    }
  }

  /** For many rows: a group has {@value #TILE} outputs of {@value #TILE} rows. */
  static void tile(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    float[] xs = c.allocateFloatLocalArray(TILE * (DEPTH + 1));
    float[] ws = c.allocateFloatLocalArray(TILE * (DEPTH + 1));
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int kind = tables.get(op + OpEncoding.STORED);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int in = tables.get(op + OpEncoding.IN);
    int groups = TornadoMath.max(1, (outputs + TILE - 1) / TILE);
    int firstRow = (c.groupIdx / groups) * TILE;
    int first = (c.groupIdx % groups) * TILE;
    int r = lane / 16;
    int o = lane % 16;
    float sum00 = 0;
    float sum01 = 0;
    float sum10 = 0;
    float sum11 = 0;
    for (int from = 0; from < inputs; from += DEPTH) {
      for (int e = lane; e < TILE * DEPTH; e += TILE_GROUP) {
        int line = e / DEPTH;
        int k = e % DEPTH;
        float value = 0;
        if (firstRow + line < rows && from + k < inputs) {
          value = floats.get(in + (firstRow + line) * inputs + from + k);
        }
        xs[line * (DEPTH + 1) + k] = value;
      }
      for (int e = lane; e < TILE * DEPTH; e += TILE_GROUP) {
        int line = e / DEPTH;
        int k = e % DEPTH;
        if (colStride != 1) {
          line = e % TILE;
          k = e / TILE;
        }
        float value = 0;
        if (first + line < outputs && from + k < inputs) {
          value =
              WeightLoads.get(
                  floats,
                  halves,
                  kind,
                  weight,
                  (first + line) * rowStride + (from + k) * colStride);
        }
        ws[line * (DEPTH + 1) + k] = value;
      }
      c.localBarrier();
      for (int k = 0; k < DEPTH; k++) {
        float x0 = xs[r * (DEPTH + 1) + k];
        float x1 = xs[(r + 16) * (DEPTH + 1) + k];
        float w0 = ws[o * (DEPTH + 1) + k];
        float w1 = ws[(o + 16) * (DEPTH + 1) + k];
        sum00 = sum00 + x0 * w0;
        sum01 = sum01 + x0 * w1;
        sum10 = sum10 + x1 * w0;
        sum11 = sum11 + x1 * w1;
      }
      c.localBarrier();
    }
    if (firstRow + r < rows) {
      if (first + o < outputs) {
        finish(tables, floats, op, firstRow + r, first + o, sum00);
      }
      if (first + o + 16 < outputs) {
        finish(tables, floats, op, firstRow + r, first + o + 16, sum01);
      }
    }
    if (firstRow + r + 16 < rows) {
      if (first + o < outputs) {
        finish(tables, floats, op, firstRow + r + 16, first + o, sum10);
      }
      if (first + o + 16 < outputs) {
        finish(tables, floats, op, firstRow + r + 16, first + o + 16, sum11);
      }
    }
  }

  /** Bias and epilogue of one output. */
  private static void finish(
      IntArray tables, FloatArray floats, int op, int row, int output, float sum) {
    int bias = tables.get(op + OpEncoding.BIAS);
    int epilogue = tables.get(op + OpEncoding.EPILOGUE);
    int at = row * tables.get(op + OpEncoding.OUT_WIDTH) + output;
    int out = tables.get(op + OpEncoding.OUT) + at;
    float y = sum;
    if (bias >= 0) {
      y = sum + floats.get(bias + output);
    }
    if (epilogue == OpEncoding.ACCUMULATE) {
      y = floats.get(out) + y;
    } else if (epilogue == OpEncoding.GELU) {
      y = ElementwiseKernels.gelu(y);
    } else if (epilogue == OpEncoding.GATE) {
      out = tables.get(op + OpEncoding.OTHER) + at;
      y = ElementwiseKernels.silu(floats.get(out)) * y;
    }
    floats.set(out, y);
  }
}
