package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * {@link rankine.kernels.Op.Linear} with its epilogue, for many rows. A launch may run several
 * layers, one after the other in its groups. The products of an output are added in ascending order
 * of the inputs: a row has the same bits in every batch that this kernel runs.
 */
final class GemmKernel {
  /** Rows, and outputs, per tile of {@link #gemm}. */
  static final int TILE = 64;

  /** Rows, and outputs, of a tile that one work-item computes. */
  private static final int BLOCK = 8;

  /** Work-items along a side of a tile. */
  private static final int SIDE = TILE / BLOCK;

  /** Work-items per tile. */
  static final int GROUP = SIDE * SIDE;

  /** Inputs per local-memory block of {@link #gemm}. */
  private static final int DEPTH = 16;

  /**
   * Floats between two inputs in local memory: one more than a tile has, against bank conflicts.
   */
  private static final int LINE = TILE + 1;

  /** Where the weights begin in local memory, after the activations. */
  private static final int WEIGHTS = DEPTH * LINE;

  private GemmKernel() {}

  /**
   * For many rows: a group computes {@value #TILE} outputs of {@value #TILE} rows, a work-item
   * {@value #BLOCK} of {@value #BLOCK} in registers, so that it reads a quarter of a float from
   * local memory for each product. Work-items next to each other have rows and outputs next to each
   * other, so that these reads meet no bank conflict.
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
    float[] tile = c.allocateFloatLocalArray(TILE * TILE);
    // [row][output]. Registers: where they are indexed, loops unroll and indices are constants.
    float[] sums = new float[BLOCK * BLOCK];
    float[] x = new float[BLOCK];
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int launched = tables.get(op + OpEncoding.LAUNCHED);
    int group = c.groupIdx;
    int count = groups(tables, op, rows);
    for (int layer = 1; layer < launched; layer++) {
      if (group >= count) {
        group = group - count;
        op = op + OpEncoding.INTS;
        count = groups(tables, op, rows);
      }
    }
    int lane = c.localIdx;
    int chained = tables.get(op + OpEncoding.CHAINED);
    for (int layer = 0; layer < chained; layer++) {
      int inputs = tables.get(op + OpEncoding.IN_WIDTH);
      int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
      int dtypeCode = tables.get(op + OpEncoding.DTYPE);
      int array = tables.get(op + OpEncoding.ARRAY);
      int weight = tables.get(op + OpEncoding.WEIGHT);
      int rowStride = tables.get(op + OpEncoding.ROW_STRIDE);
      int colStride = tables.get(op + OpEncoding.COL_STRIDE);
      int in = tables.get(op + OpEncoding.IN);
      int inStride = tables.get(op + OpEncoding.IN_STRIDE);
      int groups = TornadoMath.max(1, (outputs + TILE - 1) / TILE);
      int firstRow = (group / groups) * TILE;
      int first = (group % groups) * TILE;
      int r = lane / SIDE;
      int o = lane % SIDE;
      int words = 0; // whether four neighbouring 16-bit values of the weight are one word
      if (dtypeCode != WeightLoads.F32 && rowStride % 4 == 0 && inputs % 4 == 0 && colStride == 1) {
        words = 1;
      } else if (dtypeCode != WeightLoads.F32
          && colStride % 4 == 0
          && outputs % 4 == 0
          && rowStride == 1) {
        words = 2;
      }
      for (int i = 0; i < BLOCK * BLOCK; i++) {
        sums[i] = 0;
      }
      for (int from = 0; from < inputs; from += DEPTH) {
        for (int e = lane; e < TILE * DEPTH; e += GROUP) {
          int line = e / DEPTH;
          int k = e % DEPTH;
          float value = 0;
          if (firstRow + line < rows && from + k < inputs) {
            value = floats.get(in + (firstRow + line) * inStride + from + k);
          }
          tile[k * LINE + line] = value;
        }
        if (words == 0) {
          for (int e = lane; e < TILE * DEPTH; e += GROUP) {
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
            tile[WEIGHTS + k * LINE + line] = value;
          }
        } else {
          for (int e = lane; e < TILE * DEPTH / 4; e += GROUP) {
            // The word's first value, and the distance of the next in local memory.
            int line = e / (DEPTH / 4);
            int k = e % (DEPTH / 4) * 4;
            int step = LINE;
            if (words == 2) {
              line = e % (TILE / 4) * 4;
              k = e / (TILE / 4);
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
            int to = WEIGHTS + k * LINE + line;
            tile[to] = WeightLoads.value(dtypeCode, (int) word);
            tile[to + step] = WeightLoads.value(dtypeCode, (int) (word >> 16));
            tile[to + 2 * step] = WeightLoads.value(dtypeCode, (int) (word >> 32));
            tile[to + 3 * step] = WeightLoads.value(dtypeCode, (int) (word >> 48));
          }
        }
        c.localBarrier();
        for (int k = 0; k < DEPTH; k++) {
          for (int i = 0; i < BLOCK; i++) {
            x[i] = tile[k * LINE + i * SIDE + r];
          }
          for (int j = 0; j < BLOCK; j++) {
            float w = tile[WEIGHTS + k * LINE + j * SIDE + o];
            for (int i = 0; i < BLOCK; i++) {
              sums[i * BLOCK + j] = sums[i * BLOCK + j] + x[i] * w;
            }
          }
        }
        c.localBarrier();
      }
      for (int i = 0; i < BLOCK * BLOCK; i++) {
        tile[i * GROUP + lane] = sums[i];
      }
      // This loop stays a loop: its body is long.
      for (int i = 0; i < BLOCK * BLOCK; i++) {
        int row = firstRow + i / BLOCK * SIDE + r;
        int output = first + i % BLOCK * SIDE + o;
        if (row < rows && output < outputs) {
          LinearEpilogue.store(tables, floats, op, row, output, tile[i * GROUP + lane]);
        }
      }
      c.localBarrier(); // the next layer overwrites what has just been read
      op = op + OpEncoding.INTS;
    }
  }

  /** The groups of {@link #gemm} for a layer; none if it is idle. */
  private static int groups(IntArray tables, int op, int rows) {
    int outputs = tables.get(op + OpEncoding.OUT_WIDTH);
    return (rows + TILE - 1) / TILE * ((outputs + TILE - 1) / TILE);
  }
}
