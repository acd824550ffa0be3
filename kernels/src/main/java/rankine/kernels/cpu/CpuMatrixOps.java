package rankine.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import rankine.kernels.DType;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Gaussian;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.SparseSketch;
import rankine.kernels.Weight;

/** Dense linear algebra for decompositions, with the arithmetic of a {@link CpuKernels}. */
final class CpuMatrixOps implements MatrixOps {
  /** Columns of {@link #combine} that are in float64 at a time. */
  private static final int COMBINE_COLS = 1536;

  /** Rows of the intermediate sparse sketch per row of the sketch. */
  private static final int SPARSE_ROWS = 4;

  /** Columns of A per row of the sketch from which on {@link #sketch} goes through a sparse one. */
  private static final int MIN_COLS_PER_ROW = 2 * SPARSE_ROWS;

  private final CpuKernels kernels;

  private final Workers workers;
  private final ArrayPool pool = new ArrayPool();

  /** Sums of {@link #combine}. */
  private double[] combineSums = {};

  private final Float64Kernels float64;
  private final Float64Gemm product;

  CpuMatrixOps(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.float64 = kernels.float64();
    this.product = new Float64Gemm(float64, workers);
  }

  @Override
  public DenseMatrix copy(Weight a, float scale) {
    Matrix source = CpuWeight.matrix(a);
    CpuDenseMatrix result = CpuDenseMatrix.allocate(source.rows(), source.cols(), pool);
    ActivationRows out = result.values();
    workers.run(
        out.rows(),
        (worker, row) -> {
          kernels.row(source, row, out.data(), out.at(row));
          for (int c = 0; c < out.width(); c++) {
            out.data()[out.at(row) + c] *= scale;
          }
        });
    return result;
  }

  @Override
  public DenseMatrix upload(double[] values, int rows, int cols) {
    expect("upload", Math.multiplyExact(rows, cols), values.length);
    CpuDenseMatrix result = CpuDenseMatrix.allocate(rows, cols, pool);
    ActivationRows out = result.values();
    round(values, out, 0, cols);
    return result;
  }

  /**
   * Rounds values [out.rows, cols] to columns {@code from} to {@code from + cols} of {@code out}.
   */
  private void round(double[] values, ActivationRows out, int from, int cols) {
    workers.run(
        out.rows(),
        (worker, r) -> {
          for (int j = 0; j < cols; j++) {
            out.data()[out.at(r) + from + j] = (float) values[r * cols + j];
          }
        });
  }

  @Override
  public DenseMatrix stack(List<DenseMatrix> parts) {
    CpuDenseMatrix result =
        CpuDenseMatrix.allocate(
            parts.stream().mapToInt(DenseMatrix::rows).sum(), parts.getFirst().cols(), pool);
    ActivationRows out = result.values();
    int row = 0;
    for (DenseMatrix part : parts) {
      ActivationRows rows = dense(part);
      if (rows.width() != out.width()) {
        throw new IllegalArgumentException(
            "stack: expected %d columns, found %d".formatted(out.width(), rows.width()));
      }
      System.arraycopy(
          rows.data(), rows.at(0), out.data(), out.at(row), rows.rows() * rows.stride());
      row += rows.rows();
    }
    return result;
  }

  @Override
  public Matrix download(DenseMatrix a) {
    long elements = (long) a.rows() * a.cols();
    MemorySegment memory = Arena.ofAuto().allocate(elements * Float.BYTES, 64);
    Matrix result = Matrix.rowMajor(memory, DType.F32, a.rows(), a.cols());
    download(a, IntStream.range(0, a.rows()).toArray(), result);
    return result;
  }

  @Override
  public void download(DenseMatrix a, int[] rows, Matrix into) {
    ActivationRows from = dense(a);
    expect("download", from.rows(), rows.length);
    expect("download", from.width(), into.cols());
    long bytes = (long) from.width() * Float.BYTES;
    workers.run(
        from.rows(),
        (worker, r) ->
            MemorySegment.copy(
                from.data(),
                from.at(r),
                into.data(),
                ValueLayout.JAVA_FLOAT,
                rows[r] * bytes,
                from.width()));
  }

  @Override
  public DenseMatrix gaussian(int rows, int cols, long seed) {
    CpuDenseMatrix result = CpuDenseMatrix.allocate(rows, cols, pool);
    ActivationRows out = result.values();
    workers.run(rows, (worker, r) -> Gaussian.row(seed, r, cols, out.data(), out.at(r)));
    return result;
  }

  @Override
  public DenseMatrix sketch(Weight a, int rows, long seed) {
    if (rows > a.cols() / MIN_COLS_PER_ROW) {
      return MatrixOps.super.sketch(a, rows, seed);
    }
    Matrix w = CpuWeight.matrix(a);
    SparseSketch sparse = SparseSketch.of(SPARSE_ROWS * rows, w.cols(), seed);
    Matrix sketched = SketchProduct.apply(sparse, w, kernels, workers);
    try (DenseMatrix random = gaussian(rows, sparse.rows(), seed)) {
      return product(dense(random), sketched.transposed());
    }
  }

  @Override
  public DenseMatrix minus(DenseMatrix a, double factor, DenseMatrix b) {
    ActivationRows from = dense(a);
    ActivationRows what = dense(b);
    expect("difference", from.rows(), what.rows());
    expect("difference", from.width(), what.width());
    CpuDenseMatrix result = CpuDenseMatrix.allocate(from.rows(), from.width(), pool);
    ActivationRows out = result.values();
    for (int i = 0; i < out.data().length; i++) {
      out.data()[i] = (float) (from.data()[i] - factor * what.data()[i]);
    }
    return result;
  }

  @Override
  public DenseMatrix timesTransposed(DenseMatrix x, Weight w) {
    return product(dense(x), CpuWeight.matrix(w));
  }

  @Override
  public DenseMatrix times(DenseMatrix x, Weight w) {
    return product(dense(x), CpuWeight.matrix(w).transposed());
  }

  /** {@code X Wᵀ}. */
  private DenseMatrix product(ActivationRows x, Matrix w) {
    if (x.width() != w.cols()) {
      throw new IllegalArgumentException(
          "product: expected %d columns, found %d".formatted(w.cols(), x.width()));
    }
    CpuDenseMatrix result = CpuDenseMatrix.allocate(x.rows(), w.rows(), pool);
    ActivationRows out = result.values();
    kernels.product(x, w, out, workers);
    return result;
  }

  @Override
  public DenseMatrix timesOwnTranspose(Weight a) {
    CpuDenseMatrix result = CpuDenseMatrix.allocate(a.rows(), a.rows(), pool);
    ActivationRows out = result.values();
    kernels.timesOwnTranspose(CpuWeight.matrix(a), out, workers);
    return result;
  }

  @Override
  public Optional<double[]> inverseCholesky(double[] g, int n) {
    expect("Cholesky factor", Math.multiplyExact(n, n), g.length);
    return InverseCholesky.of(g, n, float64, product);
  }

  @Override
  public double[] gram(Weight a) {
    return product.gram(operand(a));
  }

  @Override
  public double[] product(double[] a, int m, int k, double[] b, int n) {
    Float64Operand left = operand("left operand", a, m, k);
    Float64Operand right = operand("right operand", b, k, n);
    double[] c = new double[Math.multiplyExact(m, n)];
    product.add(left, right, c, 0, n);
    return c;
  }

  @Override
  public double[] symmetricProduct(double[] a, int m, int k, double[] b) {
    return product.symmetric(operand("left operand", a, m, k), operand("right operand", b, k, m));
  }

  @Override
  public double[] secondMoment(Matrix x) {
    return product.gram(Float64Operand.of(x.transposed()));
  }

  @Override
  public DenseMatrix combine(double[] c, int rows, Weight a) {
    Float64Operand right = operand(a);
    Float64Operand left = operand("combine", c, rows, right.rows());
    CpuDenseMatrix result = CpuDenseMatrix.allocate(rows, right.cols(), pool);
    ActivationRows out = result.values();
    int most = Math.multiplyExact(rows, Math.min(COMBINE_COLS, right.cols()));
    if (combineSums.length < most) {
      combineSums = new double[most];
    }
    double[] sums = combineSums;
    for (int from = 0; from < right.cols(); from += COMBINE_COLS) {
      int cols = Math.min(COMBINE_COLS, right.cols() - from);
      Arrays.fill(sums, 0, rows * cols, 0.0);
      product.add(left, new Float64Operand.Columns(right, from, cols), sums, 0, cols);
      round(sums, out, from, cols);
    }
    return result;
  }

  @Override
  public double squaredNorm(Weight a) {
    Matrix stored = CpuWeight.matrix(a);
    Matrix matrix = stored.rowContiguous() ? stored : stored.transposed();
    double[] sums = new double[matrix.rows()];
    float[][] rows = new float[workers.size()][matrix.cols()];
    workers.run(
        matrix.rows(),
        (worker, r) -> {
          float[] row = rows[worker];
          kernels.row(matrix, r, row, 0);
          sums[r] = float64.squares(row, row.length);
        });
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  @Override
  public EigenDecomposition eigen(double[] g, int n) {
    expect("eigenvalues", Math.multiplyExact(n, n), g.length);
    return Tridiagonal.eigen(g, n, float64, product, workers);
  }

  private static void expect(String what, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "%s: expected %d elements, found %d".formatted(what, expected, found));
    }
  }

  private static Float64Operand operand(String what, double[] values, int rows, int cols) {
    expect(what, Math.multiplyExact(rows, cols), values.length);
    return Float64Operand.of(values, rows, cols);
  }

  private static Float64Operand operand(Weight weight) {
    return weight instanceof CpuDenseMatrix dense
        ? new Float64Operand.Floats(dense.values())
        : Float64Operand.of(CpuWeight.matrix(weight));
  }

  private static ActivationRows dense(DenseMatrix matrix) {
    if (matrix instanceof CpuDenseMatrix dense) {
      return dense.values();
    }
    throw new IllegalArgumentException(
        "matrix: expected one of this backend, found " + matrix.getClass().getSimpleName());
  }
}
