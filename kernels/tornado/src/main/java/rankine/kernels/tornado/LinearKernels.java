package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * {@link rankine.kernels.Op.Linear} with its epilogue. Both kernels stage blocks of the weight in
 * local memory, in storage order for coalesced loads, and sum each output in ascending order of the
 * inputs, so a row has the same bits in every batch.
 */
final class LinearKernels {
  /** Outputs per group, and work-items per group, of {@link #gemv}. */
  static final int GEMV_OUTPUTS = 64;

  /** Inputs per local-memory block of {@link #gemv}. */
  private static final int GEMV_INPUTS = 32;

  /** Rows, and outputs, per tile of {@link #gemm}. */
  static final int GEMM_TILE = 32;

  /** Work-items per tile: each computes two rows by two outputs. */
  static final int GEMM_GROUP = 256;

  /** Inputs per local-memory block of {@link #gemm}. */
  private static final int GEMM_DEPTH = 16;

  private LinearKernels() {}

  /** For few rows: a group computes {@value #GEMV_OUTPUTS} outputs of one row. */
  static void gemv(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    float[] xs = c.allocateFloatLocalArray(GEMV_INPUTS);
    float[] ws = c.allocateFloatLocalArray(GEMV_OUTPUTS * (GEMV_INPUTS + 1));
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int groups = TornadoMath.max(1, (outputs + GEMV_OUTPUTS - 1) / GEMV_OUTPUTS);
    int row = c.groupIdx / groups;
    int first = (c.groupIdx % groups) * GEMV_OUTPUTS;
    int x = tables.get(op + OpEncoding.IN) + row * inputs;
    float sum = 0;
    for (int from = 0; from < inputs; from += GEMV_INPUTS) {
      if (lane < GEMV_INPUTS) {
        float value = 0;
        if (from + lane < inputs) {
          value = floats.get(x + from + lane);
        }
        xs[lane] = value;
      }
      for (int e = lane; e < GEMV_OUTPUTS * GEMV_INPUTS; e += GEMV_OUTPUTS) {
        int o = e / GEMV_INPUTS;
        int k = e % GEMV_INPUTS;
        if (colStride != 1) {
          o = e % GEMV_OUTPUTS;
          k = e / GEMV_OUTPUTS;
        }
        float value = 0;
        if (first + o < outputs && from + k < inputs) {
          value =
              WeightLoads.get(
                  floats,
                  halves,
                  dtypeCode,
                  weight,
                  (first + o) * rowStride + (from + k) * colStride);
        }
        ws[o * (GEMV_INPUTS + 1) + k] = value;
      }
      c.localBarrier();
      for (int k = 0; k < GEMV_INPUTS; k++) {
        sum = sum + xs[k] * ws[lane * (GEMV_INPUTS + 1) + k];
      }
      c.localBarrier();
    }
    if (first + lane < outputs) {
      storeOutput(tables, floats, op, row, first + lane, sum);
    }
  }

  /** For many rows: a group computes {@value #GEMM_TILE} outputs of {@value #GEMM_TILE} rows. */
  static void gemm(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    float[] xs = c.allocateFloatLocalArray(GEMM_TILE * (GEMM_DEPTH + 1));
    float[] ws = c.allocateFloatLocalArray(GEMM_TILE * (GEMM_DEPTH + 1));
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int in = tables.get(op + OpEncoding.IN);
    int groups = TornadoMath.max(1, (outputs + GEMM_TILE - 1) / GEMM_TILE);
    int firstRow = (c.groupIdx / groups) * GEMM_TILE;
    int first = (c.groupIdx % groups) * GEMM_TILE;
    int r = lane / 16;
    int o = lane % 16;
    float sum00 = 0;
    float sum01 = 0;
    float sum10 = 0;
    float sum11 = 0;
    for (int from = 0; from < inputs; from += GEMM_DEPTH) {
      for (int e = lane; e < GEMM_TILE * GEMM_DEPTH; e += GEMM_GROUP) {
        int line = e / GEMM_DEPTH;
        int k = e % GEMM_DEPTH;
        float value = 0;
        if (firstRow + line < rows && from + k < inputs) {
          value = floats.get(in + (firstRow + line) * inputs + from + k);
        }
        xs[line * (GEMM_DEPTH + 1) + k] = value;
      }
      for (int e = lane; e < GEMM_TILE * GEMM_DEPTH; e += GEMM_GROUP) {
        int line = e / GEMM_DEPTH;
        int k = e % GEMM_DEPTH;
        if (colStride != 1) {
          line = e % GEMM_TILE;
          k = e / GEMM_TILE;
        }
        float value = 0;
        if (first + line < outputs && from + k < inputs) {
          value =
              WeightLoads.get(
                  floats,
                  halves,
                  dtypeCode,
                  weight,
                  (first + line) * rowStride + (from + k) * colStride);
        }
        ws[line * (GEMM_DEPTH + 1) + k] = value;
      }
      c.localBarrier();
      for (int k = 0; k < GEMM_DEPTH; k++) {
        float x0 = xs[r * (GEMM_DEPTH + 1) + k];
        float x1 = xs[(r + 16) * (GEMM_DEPTH + 1) + k];
        float w0 = ws[o * (GEMM_DEPTH + 1) + k];
        float w1 = ws[(o + 16) * (GEMM_DEPTH + 1) + k];
        sum00 = sum00 + x0 * w0;
        sum01 = sum01 + x0 * w1;
        sum10 = sum10 + x1 * w0;
        sum11 = sum11 + x1 * w1;
      }
      c.localBarrier();
    }
    if (firstRow + r < rows) {
      if (first + o < outputs) {
        storeOutput(tables, floats, op, firstRow + r, first + o, sum00);
      }
      if (first + o + 16 < outputs) {
        storeOutput(tables, floats, op, firstRow + r, first + o + 16, sum01);
      }
    }
    if (firstRow + r + 16 < rows) {
      if (first + o < outputs) {
        storeOutput(tables, floats, op, firstRow + r + 16, first + o, sum10);
      }
      if (first + o + 16 < outputs) {
        storeOutput(tables, floats, op, firstRow + r + 16, first + o + 16, sum11);
      }
    }
  }

  /** Adds the bias, applies the epilogue and stores one output. */
  private static void storeOutput(
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
    } else if (epilogue == OpEncoding.ACTIVATE) {
      y = ElementwiseKernels.activation(tables.get(op + OpEncoding.FUNCTION), y);
    } else if (epilogue == OpEncoding.GATE) {
      out = tables.get(op + OpEncoding.SECOND_OPERAND) + at;
      y = ElementwiseKernels.activation(tables.get(op + OpEncoding.FUNCTION), floats.get(out)) * y;
    }
    floats.set(out, y);
  }
}
