package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * {@link rankine.kernels.Op.Linear} with its epilogue, for few rows and for many. A launch may run
 * several layers, one after the other in its groups. Each kernel adds the products of an output in
 * an order of its own, which depends on the weight's layout only: a row has the same bits in every
 * batch that the same kernel runs.
 */
final class LinearKernels {
  /** Work-items per group of {@link #gemv}. */
  static final int GEMV_GROUP = 256;

  /** Work-items of {@link #gemv} that sum one output, or in columns four neighbouring outputs. */
  private static final int GEMV_PARTS = 32;

  /** Outputs per group of {@link #gemv} where the inputs of an output are contiguous. */
  private static final int GEMV_ROW_OUTPUTS = GEMV_GROUP / GEMV_PARTS;

  /** Outputs per group of {@link #gemv} where the outputs of an input are contiguous. */
  private static final int GEMV_COLUMN_OUTPUTS = 4 * GEMV_GROUP / GEMV_PARTS;

  /** Rows, and outputs, per tile of {@link #gemm}. */
  static final int GEMM_TILE = 32;

  /** Work-items per tile: each computes two rows by two outputs. */
  static final int GEMM_GROUP = 256;

  /** Inputs per local-memory block of {@link #gemm}. */
  private static final int GEMM_DEPTH = 16;

  private LinearKernels() {}

  /** The outputs that a group of {@link #gemv} computes, of one row. */
  static int gemvOutputs(int colStride) {
    return colStride == 1 ? GEMV_ROW_OUTPUTS : GEMV_COLUMN_OUTPUTS;
  }

  /**
   * For few rows, where reading the weight takes the time: neighbouring work-items load
   * neighbouring words of it, four 16-bit values each, and {@value #GEMV_PARTS} of them share the
   * sum of an output, whose parts a tree in local memory adds.
   */
  static void gemv(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int task) {
    // [part][output]. All barriers are outside of branches, which not every compiler gets right.
    float[] sums = c.allocateFloatLocalArray(4 * GEMV_GROUP);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int launched = tables.get(op + OpEncoding.LAUNCHED);
    int group = c.groupIdx;
    int count = rows * gemvGroups(tables, op);
    for (int layer = 1; layer < launched; layer++) {
      if (group >= count) {
        group = group - count;
        op = op + OpEncoding.INTS;
        count = rows * gemvGroups(tables, op);
      }
    }
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int array = tables.get(op + OpEncoding.ARRAY);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int outputsPerGroup = GEMV_ROW_OUTPUTS;
    if (colStride != 1) {
      outputsPerGroup = GEMV_COLUMN_OUTPUTS;
    }
    int groups = TornadoMath.max(1, (outputs + outputsPerGroup - 1) / outputsPerGroup);
    int row = group / groups;
    int first = (group % groups) * outputsPerGroup;
    int x = tables.get(op + OpEncoding.IN) + row * inputs;
    if (colStride == 1) {
      int part = lane % GEMV_PARTS;
      int output = first + lane / GEMV_PARTS;
      float sum = 0;
      if (output < outputs) {
        int from = output * rowStride;
        if (dtypeCode != WeightLoads.F32 && rowStride % 4 == 0 && inputs % 4 == 0) {
          int words = WeightLoads.wordIndex(weight, from);
          for (int i = part; i < inputs / 4; i += GEMV_PARTS) {
            long word =
                WeightLoads.word(halves, halves1, halves2, halves3, arrays, array, words + i);
            int k = x + 4 * i;
            sum = sum + floats.get(k) * WeightLoads.value(dtypeCode, (int) word);
            sum = sum + floats.get(k + 1) * WeightLoads.value(dtypeCode, (int) (word >> 16));
            sum = sum + floats.get(k + 2) * WeightLoads.value(dtypeCode, (int) (word >> 32));
            sum = sum + floats.get(k + 3) * WeightLoads.value(dtypeCode, (int) (word >> 48));
          }
        } else {
          for (int k = part; k < inputs; k += GEMV_PARTS) {
            float w =
                WeightLoads.get(
                    floats, floats1, floats2, floats3, halves, halves1, halves2, halves3, arrays,
                    array, dtypeCode, weight, from + k);
            sum = sum + floats.get(x + k) * w;
          }
        }
      }
      sums[part * GEMV_ROW_OUTPUTS + lane / GEMV_PARTS] = sum;
    } else {
      int part = lane / (GEMV_GROUP / GEMV_PARTS);
      int output = first + 4 * (lane % (GEMV_GROUP / GEMV_PARTS));
      int at = 4 * lane;
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      int whole = 0;
      if (dtypeCode != WeightLoads.F32 && colStride % 4 == 0 && output + 3 < outputs) {
        whole = 1;
      }
      for (int k = part; k < inputs; k += GEMV_PARTS) {
        float value = floats.get(x + k);
        int from = k * colStride + output;
        if (whole == 1) {
          long word =
              WeightLoads.word(
                  halves,
                  halves1,
                  halves2,
                  halves3,
                  arrays,
                  array,
                  WeightLoads.wordIndex(weight, from));
          sum0 = sum0 + value * WeightLoads.value(dtypeCode, (int) word);
          sum1 = sum1 + value * WeightLoads.value(dtypeCode, (int) (word >> 16));
          sum2 = sum2 + value * WeightLoads.value(dtypeCode, (int) (word >> 32));
          sum3 = sum3 + value * WeightLoads.value(dtypeCode, (int) (word >> 48));
        } else {
          if (output < outputs) {
            sum0 =
                sum0
                    + value
                        * WeightLoads.get(
                            floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                            arrays, array, dtypeCode, weight, from);
          }
          if (output + 1 < outputs) {
            sum1 =
                sum1
                    + value
                        * WeightLoads.get(
                            floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                            arrays, array, dtypeCode, weight, from + 1);
          }
          if (output + 2 < outputs) {
            sum2 =
                sum2
                    + value
                        * WeightLoads.get(
                            floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                            arrays, array, dtypeCode, weight, from + 2);
          }
          if (output + 3 < outputs) {
            sum3 =
                sum3
                    + value
                        * WeightLoads.get(
                            floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                            arrays, array, dtypeCode, weight, from + 3);
          }
        }
      }
      sums[at] = sum0;
      sums[at + 1] = sum1;
      sums[at + 2] = sum2;
      sums[at + 3] = sum3;
    }
    for (int half = GEMV_PARTS / 2; half > 0; half = half / 2) {
      c.localBarrier();
      for (int i = lane; i < half * outputsPerGroup; i += GEMV_GROUP) {
        sums[i] = sums[i] + sums[i + half * outputsPerGroup];
      }
    }
    c.localBarrier();
    if (lane < outputsPerGroup && first + lane < outputs) {
      storeOutput(tables, floats, op, row, first + lane, sums[lane]);
    }
  }

  /** For many rows: a group computes {@value #GEMM_TILE} outputs of {@value #GEMM_TILE} rows. */
  static void gemm(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int task) {
    float[] xs = c.allocateFloatLocalArray(GEMM_TILE * (GEMM_DEPTH + 1));
    float[] ws = c.allocateFloatLocalArray(GEMM_TILE * (GEMM_DEPTH + 1));
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int launched = tables.get(op + OpEncoding.LAUNCHED);
    int group = c.groupIdx;
    int count = gemmGroups(tables, op, rows);
    for (int layer = 1; layer < launched; layer++) {
      if (group >= count) {
        group = group - count;
        op = op + OpEncoding.INTS;
        count = gemmGroups(tables, op, rows);
      }
    }
    int lane = c.localIdx;
    int inputs = tables.get(op + OpEncoding.IN_WIDTH);
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int array = tables.get(op + OpEncoding.ARRAY);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int in = tables.get(op + OpEncoding.IN);
    int groups = TornadoMath.max(1, (outputs + GEMM_TILE - 1) / GEMM_TILE);
    int firstRow = (group / groups) * GEMM_TILE;
    int first = (group % groups) * GEMM_TILE;
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
                  floats1,
                  floats2,
                  floats3,
                  halves,
                  halves1,
                  halves2,
                  halves3,
                  arrays,
                  array,
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

  /** The groups of {@link #gemv} for one row of a layer; none if it is idle. */
  private static int gemvGroups(IntArray tables, int op) {
    int outputs = GEMV_COLUMN_OUTPUTS;
    if (tables.get(op + OpEncoding.COL_STRIDE) == 1) {
      outputs = GEMV_ROW_OUTPUTS;
    }
    return (tables.get(op + OpEncoding.OUT_WIDTH) + outputs - 1) / outputs;
  }

  /** The groups of {@link #gemm} for a layer; none if it is idle. */
  private static int gemmGroups(IntArray tables, int op, int rows) {
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    return (rows + GEMM_TILE - 1) / GEMM_TILE * ((outputs + GEMM_TILE - 1) / GEMM_TILE);
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
