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
  static final int GEMM_TILE = 64;

  /** Rows, and outputs, of a tile that one work-item computes. */
  private static final int GEMM_BLOCK = 8;

  /** Work-items along a side of a tile. */
  private static final int GEMM_SIDE = GEMM_TILE / GEMM_BLOCK;

  /** Work-items per tile. */
  static final int GEMM_GROUP = GEMM_SIDE * GEMM_SIDE;

  /** Inputs per local-memory block of {@link #gemm}. */
  private static final int GEMM_DEPTH = 16;

  /**
   * Floats between two inputs in local memory: one more than a tile has, against bank conflicts.
   */
  private static final int GEMM_LINE = GEMM_TILE + 1;

  /** Where the weights begin in local memory, after the activations. */
  private static final int GEMM_WEIGHTS = GEMM_DEPTH * GEMM_LINE;

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
    // Neighbouring groups read the same part of the weight, which then comes from a cache.
    int row = group % TornadoMath.max(1, rows);
    int first = (group / TornadoMath.max(1, rows)) * outputsPerGroup;
    int x = tables.get(op + OpEncoding.IN) + row * tables.get(op + OpEncoding.IN_STRIDE);
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

  /**
   * For many rows: a group computes {@value #GEMM_TILE} outputs of {@value #GEMM_TILE} rows, a
   * work-item {@value #GEMM_BLOCK} of {@value #GEMM_BLOCK} in registers, so that it reads a quarter
   * of a float from local memory for each product. Work-items next to each other have rows and
   * outputs next to each other, so that these reads meet no bank conflict.
   */
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
    // [input][row], then [input][output]; in the end [sum][work-item].
    float[] tile = c.allocateFloatLocalArray(GEMM_TILE * GEMM_TILE);
    // [row][output]. Registers: where they are indexed, loops unroll and indices are constants.
    float[] sums = new float[GEMM_BLOCK * GEMM_BLOCK];
    float[] x = new float[GEMM_BLOCK];
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
    int inStride = tables.get(op + OpEncoding.IN_STRIDE);
    int groups = TornadoMath.max(1, (outputs + GEMM_TILE - 1) / GEMM_TILE);
    int firstRow = (group / groups) * GEMM_TILE;
    int first = (group % groups) * GEMM_TILE;
    int r = lane / GEMM_SIDE;
    int o = lane % GEMM_SIDE;
    int words = 0; // whether four neighbouring 16-bit values of the weight are one word
    if (dtypeCode != WeightLoads.F32 && rowStride % 4 == 0 && inputs % 4 == 0 && colStride == 1) {
      words = 1;
    } else if (dtypeCode != WeightLoads.F32
        && colStride % 4 == 0
        && outputs % 4 == 0
        && rowStride == 1) {
      words = 2;
    }
    for (int i = 0; i < GEMM_BLOCK * GEMM_BLOCK; i++) {
      sums[i] = 0;
    }
    for (int from = 0; from < inputs; from += GEMM_DEPTH) {
      for (int e = lane; e < GEMM_TILE * GEMM_DEPTH; e += GEMM_GROUP) {
        int line = e / GEMM_DEPTH;
        int k = e % GEMM_DEPTH;
        float value = 0;
        if (firstRow + line < rows && from + k < inputs) {
          value = floats.get(in + (firstRow + line) * inStride + from + k);
        }
        tile[k * GEMM_LINE + line] = value;
      }
      if (words == 0) {
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
          tile[GEMM_WEIGHTS + k * GEMM_LINE + line] = value;
        }
      } else {
        for (int e = lane; e < GEMM_TILE * GEMM_DEPTH / 4; e += GEMM_GROUP) {
          // The word's first value, and the distance of the next in local memory.
          int line = e / (GEMM_DEPTH / 4);
          int k = e % (GEMM_DEPTH / 4) * 4;
          int step = GEMM_LINE;
          if (words == 2) {
            line = e % (GEMM_TILE / 4) * 4;
            k = e / (GEMM_TILE / 4);
            step = 1;
          }
          long word = 0;
          if (first + line < outputs && from + k < inputs) {
            int offset = (first + line) * rowStride + (from + k) * colStride;
            word =
                WeightLoads.word(
                    halves,
                    halves1,
                    halves2,
                    halves3,
                    arrays,
                    array,
                    WeightLoads.wordIndex(weight, offset));
          }
          int to = GEMM_WEIGHTS + k * GEMM_LINE + line;
          tile[to] = WeightLoads.value(dtypeCode, (int) word);
          tile[to + step] = WeightLoads.value(dtypeCode, (int) (word >> 16));
          tile[to + 2 * step] = WeightLoads.value(dtypeCode, (int) (word >> 32));
          tile[to + 3 * step] = WeightLoads.value(dtypeCode, (int) (word >> 48));
        }
      }
      c.localBarrier();
      for (int k = 0; k < GEMM_DEPTH; k++) {
        for (int i = 0; i < GEMM_BLOCK; i++) {
          x[i] = tile[k * GEMM_LINE + i * GEMM_SIDE + r];
        }
        for (int j = 0; j < GEMM_BLOCK; j++) {
          float w = tile[GEMM_WEIGHTS + k * GEMM_LINE + j * GEMM_SIDE + o];
          for (int i = 0; i < GEMM_BLOCK; i++) {
            sums[i * GEMM_BLOCK + j] = sums[i * GEMM_BLOCK + j] + x[i] * w;
          }
        }
      }
      c.localBarrier();
    }
    for (int i = 0; i < GEMM_BLOCK * GEMM_BLOCK; i++) {
      tile[i * GEMM_GROUP + lane] = sums[i];
    }
    // Not unrolled, for the epilogue is long.
    for (int i = 0; i < GEMM_BLOCK * GEMM_BLOCK; i++) {
      int row = firstRow + i / GEMM_BLOCK * GEMM_SIDE + r;
      int output = first + i % GEMM_BLOCK * GEMM_SIDE + o;
      if (row < rows && output < outputs) {
        storeOutput(tables, floats, op, row, output, tile[i * GEMM_GROUP + lane]);
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
