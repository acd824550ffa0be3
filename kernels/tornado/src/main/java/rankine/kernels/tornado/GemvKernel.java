package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * {@link rankine.kernels.Op.Linear} with its epilogue, for few rows, where reading the weight takes
 * the time. A launch may run several layers, one after the other in its groups. The order in which
 * the products of an output are added depends on the weight's layout only: a row has the same bits
 * in every batch that this kernel runs.
 */
final class GemvKernel {
  /** Work-items per group of {@link #gemv}. */
  static final int GROUP = 256;

  /** Work-items of {@link #gemv} that sum one output, or in columns four neighbouring outputs. */
  private static final int PARTS = 32;

  /** Outputs per group of {@link #gemv} where the inputs of an output are contiguous. */
  private static final int ROW_OUTPUTS = GROUP / PARTS;

  /** Outputs per group of {@link #gemv} where the outputs of an input are contiguous. */
  private static final int COLUMN_OUTPUTS = 4 * GROUP / PARTS;

  private GemvKernel() {}

  /** The outputs that a group of {@link #gemv} computes, of one row. */
  static int outputsPerGroup(int colStride) {
    return colStride == 1 ? ROW_OUTPUTS : COLUMN_OUTPUTS;
  }

  /**
   * For few rows, where reading the weight takes the time: neighbouring work-items load
   * neighbouring words of it, four 16-bit values each, and {@value #PARTS} of them share the sum of
   * an output, whose parts a tree in local memory adds.
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
    float[] sums = c.allocateFloatLocalArray(4 * GROUP);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int launched = tables.get(op + OpEncoding.LAUNCHED);
    int group = c.groupIdx;
    int count = rows * groups(tables, op);
    for (int layer = 1; layer < launched; layer++) {
      if (group >= count) {
        group = group - count;
        op = op + OpEncoding.INTS;
        count = rows * groups(tables, op);
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
    int outputsPerGroup = ROW_OUTPUTS;
    if (colStride != 1) {
      outputsPerGroup = COLUMN_OUTPUTS;
    }
    // Neighbouring groups read the same part of the weight, which then comes from a cache.
    int row = group % TornadoMath.max(1, rows);
    int first = (group / TornadoMath.max(1, rows)) * outputsPerGroup;
    int x = tables.get(op + OpEncoding.IN) + row * tables.get(op + OpEncoding.IN_STRIDE);
    if (colStride == 1) {
      int part = lane % PARTS;
      int output = first + lane / PARTS;
      float sum = 0;
      if (output < outputs) {
        int from = output * rowStride;
        if (dtypeCode != WeightLoads.F32 && rowStride % 4 == 0 && inputs % 4 == 0) {
          int words = WeightLoads.wordIndex(weight, from);
          for (int i = part; i < inputs / 4; i += PARTS) {
            long word =
                WeightLoads.word(halves, halves1, halves2, halves3, arrays, array, words + i);
            int k = x + 4 * i;
            sum = sum + floats.get(k) * WeightLoads.value(dtypeCode, (int) word);
            sum = sum + floats.get(k + 1) * WeightLoads.value(dtypeCode, (int) (word >> 16));
            sum = sum + floats.get(k + 2) * WeightLoads.value(dtypeCode, (int) (word >> 32));
            sum = sum + floats.get(k + 3) * WeightLoads.value(dtypeCode, (int) (word >> 48));
          }
        } else {
          for (int k = part; k < inputs; k += PARTS) {
            float w =
                WeightLoads.get(
                    floats, floats1, floats2, floats3, halves, halves1, halves2, halves3, arrays,
                    array, dtypeCode, weight, from + k);
            sum = sum + floats.get(x + k) * w;
          }
        }
      }
      sums[part * ROW_OUTPUTS + lane / PARTS] = sum;
    } else {
      int part = lane / (GROUP / PARTS);
      int output = first + 4 * (lane % (GROUP / PARTS));
      int at = 4 * lane;
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      int whole = 0;
      if (dtypeCode != WeightLoads.F32 && colStride % 4 == 0 && output + 3 < outputs) {
        whole = 1;
      }
      for (int k = part; k < inputs; k += PARTS) {
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
    for (int half = PARTS / 2; half > 0; half = half / 2) {
      c.localBarrier();
      for (int i = lane; i < half * outputsPerGroup; i += GROUP) {
        sums[i] = sums[i] + sums[i + half * outputsPerGroup];
      }
    }
    c.localBarrier();
    if (lane < outputsPerGroup && first + lane < outputs) {
      LinearEpilogue.store(tables, floats, op, row, first + lane, sums[lane]);
    }
  }

  /** The groups of {@link #gemv} for one row of a layer; none if it is idle. */
  private static int groups(IntArray tables, int op) {
    int outputs = COLUMN_OUTPUTS;
    if (tables.get(op + OpEncoding.COL_STRIDE) == 1) {
      outputs = ROW_OUTPUTS;
    }
    return (tables.get(op + OpEncoding.OUT_WIDTH) + outputs - 1) / outputs;
  }
}
