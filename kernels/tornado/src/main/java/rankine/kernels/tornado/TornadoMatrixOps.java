package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Eigen;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * Dense linear algebra on the device. What crosses are small float64 matrices: Gram matrices to the
 * host, coefficients from it; larger ones go in panels of rows.
 */
final class TornadoMatrixOps implements MatrixOps {
  private final Residency residency;
  private final Device device;
  private final MatrixOps host;

  /**
   * Eigenvalue problems that are too large for one group of work-items are solved by {@code host}.
   */
  TornadoMatrixOps(Residency residency, Device device, MatrixOps host) {
    this.residency = residency;
    this.device = device;
    this.host = host;
  }

  @Override
  public DenseMatrix copy(Weight a, float scale) {
    return copied(TornadoMatrix.of(a), scale);
  }

  private ResidentMatrix copied(TornadoMatrix a, float scale) {
    ResidentMatrix out = empty(a.rows(), a.cols());
    copyTo(a, scale, out.place().at());
    return out;
  }

  private void copyTo(TornadoMatrix a, float scale, int at) {
    Place factor = residency.send(MemorySegment.ofArray(new float[] {scale}));
    describe(a);
    device.control(MatrixKernels.OUT, at);
    device.control(MatrixKernels.FACTOR, factor.at());
    int some = Math.clamp((1L << 28) / a.cols(), 1, a.rows());
    for (int from = 0; from < a.rows(); from += some) {
      device.control(MatrixKernels.FIRST, from);
      long elements = (long) Math.min(some, a.rows() - from) * a.cols();
      run(device.matrices().copy(), Math.ceilDiv(elements, MatrixKernels.GROUP));
    }
    residency.give(factor);
  }

  @Override
  public DenseMatrix upload(double[] values, int rows, int cols) {
    expect("upload", Math.multiplyExact(rows, cols), values.length);
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return new ResidentMatrix(
        rows, cols, residency.send(MemorySegment.ofArray(rounded)), residency);
  }

  @Override
  public DenseMatrix stack(List<DenseMatrix> parts) {
    int cols = parts.getFirst().cols();
    ResidentMatrix out = empty(parts.stream().mapToInt(DenseMatrix::rows).sum(), cols);
    int at = out.place().at();
    for (DenseMatrix part : parts) {
      expect("stack: columns", cols, part.cols());
      copyTo(TornadoMatrix.of(part), 1, at);
      at += part.rows() * cols;
    }
    return out;
  }

  @Override
  public Matrix download(DenseMatrix a) {
    return residency.fetch(TornadoMatrix.of(a));
  }

  @Override
  public DenseMatrix gaussian(int rows, int cols, long seed) {
    ResidentMatrix out = empty(rows, cols);
    describe(out);
    device.control(MatrixKernels.OUT, out.place().at());
    device.control(MatrixKernels.SEED, (int) seed);
    device.control(MatrixKernels.SEED + 1, (int) (seed >> 32));
    long items = (long) rows * Math.ceilDiv(cols, 4);
    run(device.matrices().gaussian(), Math.ceilDiv(items, MatrixKernels.GROUP));
    return out;
  }

  @Override
  public DenseMatrix timesTransposed(DenseMatrix x, Weight w) {
    TornadoMatrix right = TornadoMatrix.of(w);
    return product(x, right, right.rows(), right.cols(), right.rowStride(), right.colStride());
  }

  @Override
  public DenseMatrix times(DenseMatrix x, Weight w) {
    TornadoMatrix right = TornadoMatrix.of(w);
    return product(x, right, right.cols(), right.rows(), right.colStride(), right.rowStride());
  }

  /** {@code X Wᵀ} with W [outputs, inputs] in {@code w}'s memory. */
  private DenseMatrix product(
      DenseMatrix x, TornadoMatrix w, int outputs, int inputs, int rowStride, int colStride) {
    expect("product: columns", inputs, x.cols());
    ResidentMatrix out = empty(x.rows(), outputs);
    int[] row = new int[Row.INTS];
    row[Row.IN] = TornadoMatrix.of(x).at(residency);
    row[Row.IN_WIDTH] = inputs;
    row[Row.OUT] = out.place().at();
    row[Row.OUT_WIDTH] = outputs;
    row[Row.STORED] = w.kind();
    row[Row.WEIGHT] = w.at(residency);
    row[Row.ROW_STRIDE] = rowStride;
    row[Row.COL_STRIDE] = colStride;
    row[Row.BIAS] = -1;
    row[Row.EPILOGUE] = Row.REPLACE;
    Space tables = device.memory().tableSpace();
    int at = tables.take(Row.INTS);
    device.transfers().sendInts(device, row, at);
    device.control(Row.OPS, at);
    device.control(Row.TOKENS, x.rows());
    run(
        device.graph(Kernel.LINEAR_TILE),
        (long) Math.ceilDiv(x.rows(), LinearKernels.TILE)
            * Math.ceilDiv(outputs, LinearKernels.TILE));
    tables.give(at);
    return out;
  }

  @Override
  public double[] gram(Weight a) {
    TornadoMatrix matrix = TornadoMatrix.of(a);
    int n = matrix.rows();
    double[] gram = new double[Math.multiplyExact(n, n)];
    int some = panel(n);
    for (int from = 0; from < n; from += some) {
      int count = Math.min(some, n - from);
      gram(matrix, from, count);
      device
          .transfers()
          .fetchDoubles(
              device,
              0,
              MemorySegment.ofArray(gram)
                  .asSlice((long) from * n * Double.BYTES, (long) count * n * Double.BYTES));
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        gram[i * n + j] = gram[j * n + i];
      }
    }
    return gram;
  }

  /** Rows {@code from} and on of {@code A Aᵀ}, to the start of the doubles. */
  private void gram(TornadoMatrix a, int from, int count) {
    describe(a);
    device.control(MatrixKernels.FIRST, from);
    device.control(MatrixKernels.COUNT, count);
    run(
        device.matrices().gram(),
        (long) Math.ceilDiv(count, MatrixKernels.TILE)
            * Math.ceilDiv(a.rows(), MatrixKernels.TILE));
  }

  @Override
  public DenseMatrix combine(double[] c, int rows, Weight a) {
    TornadoMatrix matrix = TornadoMatrix.of(a);
    int depth = matrix.rows();
    expect("combine", Math.multiplyExact(rows, depth), c.length);
    ResidentMatrix out = empty(rows, matrix.cols());
    int some = panel(depth);
    for (int from = 0; from < rows; from += some) {
      int count = Math.min(some, rows - from);
      device
          .transfers()
          .sendDoubles(
              device,
              MemorySegment.ofArray(c)
                  .asSlice((long) from * depth * Double.BYTES, (long) count * depth * Double.BYTES),
              0);
      combine(matrix, out, 0, from, count);
    }
    return out;
  }

  /** Rows {@code from} and on of {@code C A}; C [count, a.rows] at {@code at} in the doubles. */
  private void combine(TornadoMatrix a, ResidentMatrix out, int at, int from, int count) {
    describe(a); // again for each panel: transfers use the same part of the control array
    device.control(MatrixKernels.COEFFICIENTS, at);
    device.control(MatrixKernels.OUT, out.place().at());
    device.control(MatrixKernels.FIRST, from);
    device.control(MatrixKernels.COUNT, count);
    run(
        device.matrices().combine(),
        (long) Math.ceilDiv(count, MatrixKernels.TILE)
            * Math.ceilDiv(a.cols(), MatrixKernels.TILE));
  }

  /** All on the device; two numbers come back. */
  @Override
  public CholeskyPass choleskyPass(DenseMatrix x, double enough) {
    int q = x.rows();
    if (q > CholeskyKernel.MOST_ROWS) {
      return MatrixOps.super.choleskyPass(x, enough);
    }
    TornadoMatrix rows = TornadoMatrix.of(x);
    gram(rows, 0, q);
    device.control(CholeskyKernel.ROWS, q);
    run(device.matrices().cholesky(), 1);
    double[] answers = new double[2];
    device.transfers().fetchDoubles(device, 2 * q * q, MemorySegment.ofArray(answers));
    if (answers[0] < enough || answers[1] == 0) {
      return new CholeskyPass(answers[0], Optional.empty());
    }
    ResidentMatrix basis = empty(q, x.cols());
    combine(rows, basis, q * q, 0, q);
    return new CholeskyPass(answers[0], Optional.of(basis));
  }

  @Override
  public double squaredNorm(Weight a) {
    TornadoMatrix matrix = TornadoMatrix.of(a);
    boolean rowMajor = matrix.colStride() == 1;
    int lines = rowMajor ? matrix.rows() : matrix.cols();
    double[] sums = new double[lines];
    int some = panel(1);
    for (int from = 0; from < lines; from += some) {
      int count = Math.min(some, lines - from);
      describe(matrix);
      if (!rowMajor) {
        device.control(MatrixKernels.COLS, matrix.rows());
        device.control(MatrixKernels.ROW_STRIDE, matrix.colStride());
        device.control(MatrixKernels.COL_STRIDE, matrix.rowStride());
      }
      device.control(MatrixKernels.FIRST, from);
      run(device.matrices().squares(), count);
      device
          .transfers()
          .fetchDoubles(
              device,
              0,
              MemorySegment.ofArray(sums)
                  .asSlice((long) from * Double.BYTES, (long) count * Double.BYTES));
    }
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  @Override
  public Eigen eigen(double[] g, int n) {
    expect("eigenvalues", Math.multiplyExact(n, n), g.length);
    return n <= JacobiKernel.MOST_ROWS ? SmallEigen.of(g, n, device) : host.eigen(g, n);
  }

  /** How many rows of so many float64 values are on the device at a time: whole tiles. */
  private int panel(int width) {
    int rows = device.memory().sizes().doubles() / width;
    return Math.max(MatrixKernels.TILE, rows / MatrixKernels.TILE * MatrixKernels.TILE);
  }

  private void describe(TornadoMatrix a) {
    int at = a.at(residency); // may send it, and that uses the control array too
    device.control(MatrixKernels.STORED, a.kind());
    device.control(MatrixKernels.AT, at);
    device.control(MatrixKernels.ROW_STRIDE, a.rowStride());
    device.control(MatrixKernels.COL_STRIDE, a.colStride());
    device.control(MatrixKernels.ROWS, a.rows());
    device.control(MatrixKernels.COLS, a.cols());
  }

  private ResidentMatrix empty(int rows, int cols) {
    return new ResidentMatrix(rows, cols, residency.floats((long) rows * cols), residency);
  }

  private void run(Graph graph, long groups) {
    graph.groups(0, groups);
    device.run(graph);
  }

  private static void expect(String what, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
