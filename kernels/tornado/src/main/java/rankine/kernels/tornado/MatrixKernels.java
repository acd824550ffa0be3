package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Kernels of decompositions, in addition to the products of {@link GemmKernel}. The control array
 * describes a matrix A of any storage type and layout, and the destination. Sums are float64, in
 * ascending order.
 */
final class MatrixKernels {
  /** Work-items per group. */
  static final int GROUP = 256;

  /** Rows, and columns, per tile of the result. */
  static final int TILE = 16;

  static final int DTYPE = OpEncoding.ARGUMENTS;
  static final int OFFSET = OpEncoding.ARGUMENTS + 1;
  static final int ROW_STRIDE = OpEncoding.ARGUMENTS + 2;
  static final int COL_STRIDE = OpEncoding.ARGUMENTS + 3;
  static final int ROWS = OpEncoding.ARGUMENTS + 4;
  static final int COLS = OpEncoding.ARGUMENTS + 5;

  /** Offset of the result. */
  static final int OUT = OpEncoding.ARGUMENTS + 6;

  /** First row of the result to compute. */
  static final int FIRST_ROW = OpEncoding.ARGUMENTS + 7;

  /** Number of rows of the result to compute. */
  static final int ROW_COUNT = OpEncoding.ARGUMENTS + 8;

  /** Offset, in the floats, of the scale of {@link #copy}. */
  static final int SCALE = OpEncoding.ARGUMENTS + 9;

  /** The seed of {@link #gaussian}: low word, high word. */
  static final int SEED = OpEncoding.ARGUMENTS + 9;

  /** Offset of the coefficients in the doubles. */
  static final int COEFFICIENTS = OpEncoding.ARGUMENTS + 11;

  /** The array of A. */
  static final int ARRAY = OpEncoding.ARGUMENTS + 12;

  private MatrixKernels() {}

  /** {@code out = scale · A}, row-major; one work-item per element. */
  static void copy(
      KernelContext c,
      IntArray control,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      DoubleArray doubles) {
    int rows = control.get(ROWS);
    int cols = control.get(COLS);
    float scale = floats.get(control.get(SCALE));
    int row = control.get(FIRST_ROW) + c.globalIdx / cols;
    int col = c.globalIdx % cols;
    if (row < rows) {
      int offset = row * control.get(ROW_STRIDE) + col * control.get(COL_STRIDE);
      float value =
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
              control.get(ARRAY),
              control.get(DTYPE),
              control.get(OFFSET),
              offset);
      floats.set(control.get(OUT) + row * cols + col, scale * value);
    }
  }

  /**
   * Computes rows {@link #FIRST_ROW} and on of {@code A Aᵀ}, [ROW_COUNT, A.rows], in the doubles;
   * only tiles that are not left of the diagonal's tile.
   */
  static void gram(
      KernelContext c,
      IntArray control,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      DoubleArray doubles) {
    double[] left = c.allocateDoubleLocalArray(TILE * (TILE + 1));
    double[] right = c.allocateDoubleLocalArray(TILE * (TILE + 1));
    int dtypeCode = control.get(DTYPE);
    int array = control.get(ARRAY);
    int at = control.get(OFFSET);
    int rowStride = control.get(ROW_STRIDE);
    int colStride = control.get(COL_STRIDE);
    int rows = control.get(ROWS);
    int cols = control.get(COLS);
    int tiles = (rows + TILE - 1) / TILE;
    int first = control.get(FIRST_ROW) + (c.groupIdx / tiles) * TILE;
    int other = (c.groupIdx % tiles) * TILE;
    int i = c.localIdx / TILE;
    int j = c.localIdx % TILE;
    if (other + TILE > first) {
      double sum = 0;
      for (int from = 0; from < cols; from += TILE) {
        int line = i;
        int k = j;
        if (colStride != 1) {
          line = j;
          k = i;
        }
        double a = 0;
        double b = 0;
        if (from + k < cols) {
          if (first + line < rows) {
            a =
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
                    at,
                    (first + line) * rowStride + (from + k) * colStride);
          }
          if (other + line < rows) {
            b =
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
                    at,
                    (other + line) * rowStride + (from + k) * colStride);
          }
        }
        left[line * (TILE + 1) + k] = a;
        right[line * (TILE + 1) + k] = b;
        c.localBarrier();
        for (int n = 0; n < TILE; n++) {
          sum = sum + left[i * (TILE + 1) + n] * right[j * (TILE + 1) + n];
        }
        c.localBarrier();
      }
      if (first + i < rows
          && other + j < rows
          && first + i - control.get(FIRST_ROW) < control.get(ROW_COUNT)) {
        doubles.set((first + i - control.get(FIRST_ROW)) * rows + other + j, sum);
      }
    }
  }

  /**
   * Computes rows {@link #FIRST_ROW} and on of {@code C A}, rounded to float32; C [ROW_COUNT,
   * A.rows] is in the doubles.
   */
  static void combine(
      KernelContext c,
      IntArray control,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      DoubleArray doubles) {
    double[] left = c.allocateDoubleLocalArray(TILE * (TILE + 1));
    double[] right = c.allocateDoubleLocalArray(TILE * (TILE + 1));
    int dtypeCode = control.get(DTYPE);
    int array = control.get(ARRAY);
    int at = control.get(OFFSET);
    int rowStride = control.get(ROW_STRIDE);
    int colStride = control.get(COL_STRIDE);
    int depth = control.get(ROWS);
    int cols = control.get(COLS);
    int count = control.get(ROW_COUNT);
    int coefficients = control.get(COEFFICIENTS);
    int tiles = (cols + TILE - 1) / TILE;
    int row = (c.groupIdx / tiles) * TILE;
    int col = (c.groupIdx % tiles) * TILE;
    int i = c.localIdx / TILE;
    int j = c.localIdx % TILE;
    double sum = 0;
    for (int from = 0; from < depth; from += TILE) {
      double a = 0;
      if (row + i < count && from + j < depth) {
        a = doubles.get(coefficients + (row + i) * depth + from + j);
      }
      left[i * (TILE + 1) + j] = a;
      int k = i;
      int line = j;
      if (colStride != 1) {
        k = j;
        line = i;
      }
      double b = 0;
      if (from + k < depth && col + line < cols) {
        b =
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
                at,
                (from + k) * rowStride + (col + line) * colStride);
      }
      right[k * (TILE + 1) + line] = b;
      c.localBarrier();
      for (int n = 0; n < TILE; n++) {
        sum = sum + left[i * (TILE + 1) + n] * right[n * (TILE + 1) + j];
      }
      c.localBarrier();
    }
    if (row + i < count && col + j < cols) {
      floats.set(
          control.get(OUT) + (control.get(FIRST_ROW) + row + i) * cols + col + j, (float) sum);
    }
  }

  /** Sums the squares of each row from {@link #FIRST_ROW} on, in the doubles; one group per row. */
  static void squares(
      KernelContext c,
      IntArray control,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      DoubleArray doubles) {
    double[] tree = c.allocateDoubleLocalArray(GROUP);
    int lane = c.localIdx;
    int cols = control.get(COLS);
    int dtypeCode = control.get(DTYPE);
    int array = control.get(ARRAY);
    int colStride = control.get(COL_STRIDE);
    int at = control.get(OFFSET);
    int line = (control.get(FIRST_ROW) + c.groupIdx) * control.get(ROW_STRIDE);
    double sum = 0;
    for (int i = lane; i < cols; i += GROUP) {
      double value =
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
              at,
              line + i * colStride);
      sum = sum + value * value;
    }
    tree[lane] = sum;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        tree[lane] = tree[lane] + tree[lane + half];
      }
    }
    c.localBarrier();
    if (lane == 0) {
      doubles.set(c.groupIdx, tree[0]);
    }
  }

  /**
   * Adds {@link #ROWS} arrays of {@link #COLS} floats that follow each other, in ascending order;
   * one work-item per element.
   */
  static void sumParts(KernelContext c, IntArray control, FloatArray floats, DoubleArray doubles) {
    int elements = control.get(COLS);
    if (c.globalIdx < elements) {
      int from = control.get(OFFSET) + c.globalIdx;
      float sum = floats.get(from);
      for (int part = 1; part < control.get(ROWS); part++) {
        sum = sum + floats.get(from + part * elements);
      }
      floats.set(control.get(OUT) + c.globalIdx, sum);
    }
  }

  /**
   * Fills a matrix as {@link rankine.kernels.Gaussian}; one work-item per four columns of a row.
   */
  static void gaussian(KernelContext c, IntArray control, FloatArray floats, DoubleArray doubles) {
    int rows = control.get(ROWS);
    int cols = control.get(COLS);
    int blocks = (cols + 3) / 4;
    int row = c.globalIdx / blocks;
    int block = c.globalIdx % blocks;
    if (row < rows) {
      int k0 = control.get(SEED);
      int k1 = control.get(SEED + 1);
      int x0 = block;
      int x1 = row;
      int x2 = 0;
      int x3 = 0;
      for (int round = 0; round < 10; round++) {
        long p0 = 0xD2511F53L * (x0 & 0xffffffffL);
        long p1 = 0xCD9E8D57L * (x2 & 0xffffffffL);
        int y0 = (int) (p1 >> 32) ^ x1 ^ k0;
        int y2 = (int) (p0 >> 32) ^ x3 ^ k1;
        x1 = (int) p1;
        x3 = (int) p0;
        x0 = y0;
        x2 = y2;
        k0 = k0 + 0x9E3779B9;
        k1 = k1 + 0xBB67AE85;
      }
      int to = control.get(OUT) + row * cols + 4 * block;
      int left = cols - 4 * block;
      double turn = 0x1p-32 * 2 * Math.PI;
      double radius = TornadoMath.sqrt(-2 * TornadoMath.log(((x0 & 0xffffffffL) + 0.5) * 0x1p-32));
      double angle = ((x1 & 0xffffffffL) + 0.5) * turn;
      floats.set(to, (float) (radius * TornadoMath.cos(angle)));
      if (left > 1) {
        floats.set(to + 1, (float) (radius * TornadoMath.sin(angle)));
      }
      radius = TornadoMath.sqrt(-2 * TornadoMath.log(((x2 & 0xffffffffL) + 0.5) * 0x1p-32));
      angle = ((x3 & 0xffffffffL) + 0.5) * turn;
      if (left > 2) {
        floats.set(to + 2, (float) (radius * TornadoMath.cos(angle)));
      }
      if (left > 3) {
        floats.set(to + 3, (float) (radius * TornadoMath.sin(angle)));
      }
    }
  }
}
