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

  /** Rows that a group computes. */
  static final int ROWS = 4;

  private GemvKernel() {}

  /** The outputs that a group of {@link #gemv} computes, of {@value #ROWS} rows. */
  static int outputsPerGroup(int colStride) {
    return colStride == 1 ? ROW_OUTPUTS : COLUMN_OUTPUTS;
  }

  /**
   * For few rows, where reading the weight takes the time: neighbouring work-items load
   * neighbouring words of it, four 16-bit values each, and {@value #PARTS} of them share the sum of
   * an output, whose parts a tree in local memory adds. A group computes up to {@value #ROWS} rows;
   * where the inputs of an output are contiguous, it decodes each weight once for all of them.
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
    // [part][row][output]. All barriers are outside of branches, which not every compiler gets
    // right.
    float[] sums = c.allocateFloatLocalArray(ROWS * 4 * GROUP);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int launched = tables.get(op + OpEncoding.LAUNCHED);
    int tiles = TornadoMath.max(1, (rows + ROWS - 1) / ROWS);
    int group = c.groupIdx;
    int count = tiles * groups(tables, op);
    for (int layer = 1; layer < launched; layer++) {
      if (group >= count) {
        group = group - count;
        op = op + OpEncoding.INTS;
        count = tiles * groups(tables, op);
      }
    }
    int lane = c.localIdx;
    // Neighbouring groups read the same part of the weight, which then comes from a cache.
    int row = (group % tiles) * ROWS;
    int tile = TornadoMath.min(ROWS, rows - row); // rows of the group
    int chained = tables.get(op + OpEncoding.CHAINED);
    for (int layer = 0; layer < chained; layer++) {
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
      int first = (group / tiles) * outputsPerGroup;
      int width = tile * outputsPerGroup; // sums of the group
      int stride = tables.get(op + OpEncoding.IN_STRIDE);
      int x0 = tables.get(op + OpEncoding.IN) + row * stride;
      int x1 = x0 + stride;
      int x2 = x1 + stride;
      int x3 = x2 + stride;
      if (colStride == 1) {
        int part = lane % PARTS;
        int output = first + lane / PARTS;
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        if (output < outputs) {
          int from = output * rowStride;
          if (dtypeCode != WeightLoads.F32 && rowStride % 4 == 0 && inputs % 4 == 0) {
            int firstWord = WeightLoads.wordIndex(weight, from);
            int words = inputs / 4;
            // Two words are on their way at a time.
            for (int i = part; i < words; i += 2 * PARTS) {
              int second = TornadoMath.min(i + PARTS, words - 1);
              long word =
                  WeightLoads.word(halves, halves1, halves2, halves3, arrays, array, firstWord + i);
              long next =
                  WeightLoads.word(
                      halves, halves1, halves2, halves3, arrays, array, firstWord + second);
              float w0 = WeightLoads.value(dtypeCode, (int) word);
              float w1 = WeightLoads.value(dtypeCode, (int) (word >> 16));
              float w2 = WeightLoads.value(dtypeCode, (int) (word >> 32));
              float w3 = WeightLoads.value(dtypeCode, (int) (word >> 48));
              int k = 4 * i;
              sum0 = add(floats, x0 + k, sum0, w0, w1, w2, w3);
              if (tile > 1) {
                sum1 = add(floats, x1 + k, sum1, w0, w1, w2, w3);
                if (tile > 2) {
                  sum2 = add(floats, x2 + k, sum2, w0, w1, w2, w3);
                  if (tile > 3) {
                    sum3 = add(floats, x3 + k, sum3, w0, w1, w2, w3);
                  }
                }
              }
              if (i + PARTS < words) {
                w0 = WeightLoads.value(dtypeCode, (int) next);
                w1 = WeightLoads.value(dtypeCode, (int) (next >> 16));
                w2 = WeightLoads.value(dtypeCode, (int) (next >> 32));
                w3 = WeightLoads.value(dtypeCode, (int) (next >> 48));
                k = 4 * (i + PARTS);
                sum0 = add(floats, x0 + k, sum0, w0, w1, w2, w3);
                if (tile > 1) {
                  sum1 = add(floats, x1 + k, sum1, w0, w1, w2, w3);
                  if (tile > 2) {
                    sum2 = add(floats, x2 + k, sum2, w0, w1, w2, w3);
                    if (tile > 3) {
                      sum3 = add(floats, x3 + k, sum3, w0, w1, w2, w3);
                    }
                  }
                }
              }
            }
          } else {
            for (int k = part; k < inputs; k += PARTS) {
              float w =
                  WeightLoads.get(
                      floats, floats1, floats2, floats3, halves, halves1, halves2, halves3, arrays,
                      array, dtypeCode, weight, from + k);
              sum0 = sum0 + floats.get(x0 + k) * w;
              if (tile > 1) {
                sum1 = sum1 + floats.get(x1 + k) * w;
                if (tile > 2) {
                  sum2 = sum2 + floats.get(x2 + k) * w;
                  if (tile > 3) {
                    sum3 = sum3 + floats.get(x3 + k) * w;
                  }
                }
              }
            }
          }
        }
        int at = part * width + lane / PARTS;
        sums[at] = sum0;
        if (tile > 1) {
          sums[at + ROW_OUTPUTS] = sum1;
        }
        if (tile > 2) {
          sums[at + 2 * ROW_OUTPUTS] = sum2;
        }
        if (tile > 3) {
          sums[at + 3 * ROW_OUTPUTS] = sum3;
        }
      } else {
        int part = lane / (GROUP / PARTS);
        int output = first + 4 * (lane % (GROUP / PARTS));
        int whole = 0;
        if (dtypeCode != WeightLoads.F32 && colStride % 4 == 0 && output + 3 < outputs) {
          whole = 1;
        }
        // Row by row: sums of four outputs of four rows would take the registers of other groups.
        for (int r = 0; r < tile; r++) {
          int x = x0 + r * stride;
          float sum0 = 0;
          float sum1 = 0;
          float sum2 = 0;
          float sum3 = 0;
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
                float w =
                    WeightLoads.get(
                        floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                        arrays, array, dtypeCode, weight, from);
                sum0 = sum0 + value * w;
              }
              if (output + 1 < outputs) {
                float w =
                    WeightLoads.get(
                        floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                        arrays, array, dtypeCode, weight, from + 1);
                sum1 = sum1 + value * w;
              }
              if (output + 2 < outputs) {
                float w =
                    WeightLoads.get(
                        floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                        arrays, array, dtypeCode, weight, from + 2);
                sum2 = sum2 + value * w;
              }
              if (output + 3 < outputs) {
                float w =
                    WeightLoads.get(
                        floats, floats1, floats2, floats3, halves, halves1, halves2, halves3,
                        arrays, array, dtypeCode, weight, from + 3);
                sum3 = sum3 + value * w;
              }
            }
          }
          int at = part * width + r * COLUMN_OUTPUTS + 4 * (lane % (GROUP / PARTS));
          sums[at] = sum0;
          sums[at + 1] = sum1;
          sums[at + 2] = sum2;
          sums[at + 3] = sum3;
        }
      }
      for (int half = PARTS / 2; half > 0; half = half / 2) {
        c.localBarrier();
        for (int i = lane; i < half * width; i += GROUP) {
          sums[i] = sums[i] + sums[i + half * width];
        }
      }
      c.localBarrier();
      if (lane < width && first + lane % outputsPerGroup < outputs) {
        int output = first + lane % outputsPerGroup;
        LinearEpilogue.store(tables, floats, op, row + lane / outputsPerGroup, output, sums[lane]);
      }
      c.localBarrier(); // the next layer overwrites what has just been read
      op = op + OpEncoding.INTS;
    }
  }

  /** Adds the products of four weights and the inputs from {@code k} on, in ascending order. */
  private static float add(
      FloatArray floats, int k, float sum, float w0, float w1, float w2, float w3) {
    float added = sum + floats.get(k) * w0;
    added = added + floats.get(k + 1) * w1;
    added = added + floats.get(k + 2) * w2;
    added = added + floats.get(k + 3) * w3;
    return added;
  }

  /** The groups of {@link #gemv} for {@value #ROWS} rows of a layer; none if it is idle. */
  private static int groups(IntArray tables, int op) {
    int outputs = COLUMN_OUTPUTS;
    if (tables.get(op + OpEncoding.COL_STRIDE) == 1) {
      outputs = ROW_OUTPUTS;
    }
    return (tables.get(op + OpEncoding.OUT_WIDTH) + outputs - 1) / outputs;
  }
}
