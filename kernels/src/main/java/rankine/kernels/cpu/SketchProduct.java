package rankine.kernels.cpu;

import java.util.Arrays;
import rankine.kernels.Matrix;
import rankine.kernels.SparseSketch;

/**
 * {@code X Wᵀ} for a sparse X, W as stored. Each element is one sum, in an order that depends on X
 * and the layout of W only.
 */
final class SketchProduct {
  /** Rows of W per task. */
  private static final int BLOCK = 128;

  private final SparseSketch x;
  private final Matrix w;
  private final ActivationRows y;
  private final CpuKernels kernels;
  private final Float64Kernels float64;

  private SketchProduct(SparseSketch x, Matrix w, ActivationRows y, CpuKernels kernels) {
    this.x = x;
    this.w = w;
    this.y = y;
    this.kernels = kernels;
    this.float64 = kernels.float64();
  }

  /**
   * Computes the product.
   *
   * @return [x.rows, w.rows], column-major for a row-major W and row-major for a column-major one
   */
  static Matrix apply(SparseSketch x, Matrix w, CpuKernels kernels, Workers workers) {
    boolean rowMajor = w.rowContiguous();
    ActivationRows y =
        rowMajor
            ? ActivationRows.allocate(w.rows(), x.rows())
            : ActivationRows.allocate(x.rows(), w.rows());
    SketchProduct task = new SketchProduct(x, w, y, kernels);
    workers.run(
        Math.ceilDiv(w.rows(), BLOCK),
        (worker, block) -> {
          int from = block * BLOCK;
          int count = Math.min(BLOCK, w.rows() - from);
          if (rowMajor) {
            task.rows(from, count);
          } else {
            task.columns(from, count);
          }
        });
    Matrix product = CpuDenseMatrix.source(y);
    return rowMajor ? product.transposed() : product;
  }

  /**
   * Computes a row of Yᵀ for each row of W. Its windows of x.rows features are added at the offsets
   * of their rotations.
   */
  private void rows(int from, int count) {
    int width = x.rows();
    float[] row = new float[w.cols()];
    float[] sums = new float[2 * width];
    for (int r = from; r < from + count; r++) {
      kernels.row(w, r, row, 0);
      Arrays.fill(sums, 0f);
      for (int at = 0; at < row.length; at += width) {
        int n = Math.min(width, row.length - at);
        for (int t = 0; t < x.depth(); t++) {
          int shift = x.shift(t, at / width);
          float64.addProducts(sums, shift, x.values(), t * row.length + at, row, at, n);
        }
      }
      int to = y.at(r);
      for (int i = 0; i < width; i++) {
        y.data()[to + i] = sums[i] + sums[width + i];
      }
    }
  }

  /** Adds some elements of each column of W to those of rows of Y. */
  private void columns(int from, int count) {
    long offset = (long) from * w.dtype().bytes();
    Matrix columns =
        new Matrix(w.data().asSlice(offset), w.dtype(), w.cols(), count, w.colStride(), 1);
    float[] column = new float[count];
    for (int c = 0; c < w.cols(); c++) {
      kernels.row(columns, c, column, 0);
      for (int t = 0; t < x.depth(); t++) {
        int to = y.at(x.row(t, c)) + from;
        float64.addScaled(y.data(), to, x.value(t, c), column, 0, count);
      }
    }
  }
}
