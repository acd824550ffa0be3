package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * Dense linear algebra on the device. Only small float64 matrices cross: Gram matrices to the host,
 * coefficients to the device; larger ones in panels of rows.
 */
final class TornadoMatrixOps implements MatrixOps {
  private final Residency residency;
  private final Device device;
  private final MatrixGraphs graphs;
  private final MatrixLaunches launches;
  private final MatrixOps host;

  /**
   * Creates the operations; {@code host} computes what is float64 on the host, and solves
   * eigenvalue problems that are too large for one work-group.
   */
  TornadoMatrixOps(Residency residency, Device device, MatrixGraphs graphs, MatrixOps host) {
    this.residency = residency;
    this.device = device;
    this.graphs = graphs;
    this.launches = new MatrixLaunches(residency, device, graphs);
    this.host = host;
  }

  @Override
  public DenseMatrix copy(Weight a, float scale) {
    ResidentMatrix out = allocate(a.rows(), a.cols());
    launches.copy(TornadoMatrix.of(a), scale, out.range().offset());
    return out;
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
    ResidentMatrix out = allocate(parts.stream().mapToInt(DenseMatrix::rows).sum(), cols);
    int at = out.range().offset();
    for (DenseMatrix part : parts) {
      expect("stack: columns", cols, part.cols());
      launches.copy(TornadoMatrix.of(part), 1, at);
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
    ResidentMatrix out = allocate(rows, cols);
    launches.gaussian(out, seed);
    return out;
  }

  @Override
  public DenseMatrix timesTransposed(DenseMatrix x, Weight w) {
    return product(x, w, w.cols(), w.rows(), false);
  }

  @Override
  public DenseMatrix times(DenseMatrix x, Weight w) {
    return product(x, w, w.rows(), w.cols(), true);
  }

  private DenseMatrix product(
      DenseMatrix x, Weight w, int inputs, int outputs, boolean transposed) {
    expect("product: columns", inputs, x.cols());
    ResidentMatrix out = allocate(x.rows(), outputs);
    launches.product(TornadoMatrix.of(x), TornadoMatrix.of(w), transposed, out);
    return out;
  }

  @Override
  public double[] gram(Weight a) {
    int n = a.rows();
    double[] gram = new double[Math.multiplyExact(n, n)];
    int panelRows = rowsPerPanel(n);
    for (int from = 0; from < n; from += panelRows) {
      int count = Math.min(panelRows, n - from);
      launches.gram(TornadoMatrix.of(a), from, count);
      device.transfers().fetchDoubles(device, 0, rowSlice(gram, from, count, n));
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        gram[i * n + j] = gram[j * n + i];
      }
    }
    return gram;
  }

  @Override
  public DenseMatrix combine(double[] c, int rows, Weight a) {
    int depth = a.rows();
    expect("combine", Math.multiplyExact(rows, depth), c.length);
    ResidentMatrix out = allocate(rows, a.cols());
    int panelRows = rowsPerPanel(depth);
    for (int from = 0; from < rows; from += panelRows) {
      int count = Math.min(panelRows, rows - from);
      device.transfers().sendDoubles(device, rowSlice(c, from, count, depth), 0);
      launches.combine(TornadoMatrix.of(a), out, 0, from, count);
    }
    return out;
  }

  /** Runs on the device up to {@link CholeskyKernel#MAX_ROWS} rows; fetches only two numbers. */
  @Override
  public CholeskyPass choleskyPass(DenseMatrix x, double tolerance) {
    int q = x.rows();
    if (q > CholeskyKernel.MAX_ROWS) {
      return MatrixOps.super.choleskyPass(x, tolerance);
    }
    TornadoMatrix rows = TornadoMatrix.of(x);
    launches.gram(rows, 0, q);
    launches.cholesky(q);
    double[] results = new double[2];
    device.transfers().fetchDoubles(device, 2 * q * q, MemorySegment.ofArray(results));
    if (results[0] < tolerance || results[1] == 0) {
      return new CholeskyPass(results[0], Optional.empty());
    }
    ResidentMatrix basis = allocate(q, x.cols());
    launches.combine(rows, basis, q * q, 0, q);
    return new CholeskyPass(results[0], Optional.of(basis));
  }

  @Override
  public double squaredNorm(Weight a) {
    TornadoMatrix matrix = TornadoMatrix.of(a);
    int contiguousRows = matrix.colStride() == 1 ? matrix.rows() : matrix.cols();
    double[] sums = new double[contiguousRows];
    int panelRows = rowsPerPanel(1);
    for (int from = 0; from < contiguousRows; from += panelRows) {
      int count = Math.min(panelRows, contiguousRows - from);
      launches.squares(matrix, from, count);
      device.transfers().fetchDoubles(device, 0, rowSlice(sums, from, count, 1));
    }
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  @Override
  public EigenDecomposition eigen(double[] g, int n) {
    expect("eigenvalues", Math.multiplyExact(n, n), g.length);
    return n <= JacobiKernel.MAX_ROWS
        ? SmallEigen.of(g, n, device, graphs.jacobi())
        : host.eigen(g, n);
  }

  @Override
  public double[] product(double[] a, int m, int k, double[] b, int n) {
    return host.product(a, m, k, b, n);
  }

  @Override
  public double[] symmetricProduct(double[] a, int m, int k, double[] b) {
    return host.symmetricProduct(a, m, k, b);
  }

  @Override
  public double[] secondMoment(Matrix x) {
    return host.secondMoment(x);
  }

  @Override
  public Optional<double[]> inverseCholesky(double[] g, int n) {
    return host.inverseCholesky(g, n);
  }

  /**
   * Rows {@code from} to {@code from + count} (exclusive) of a row-major matrix of {@code cols}
   * columns.
   */
  private static MemorySegment rowSlice(double[] values, int from, int count, int cols) {
    long row = (long) cols * Double.BYTES;
    return MemorySegment.ofArray(values).asSlice(from * row, count * row);
  }

  /** Rows of {@code width} float64 values per panel: as many whole tiles as fit. */
  private int rowsPerPanel(int width) {
    int rows = device.memory().sizes().doubles() / width;
    return Math.max(MatrixKernels.TILE, rows / MatrixKernels.TILE * MatrixKernels.TILE);
  }

  private ResidentMatrix allocate(int rows, int cols) {
    return new ResidentMatrix(rows, cols, residency.allocateFloats((long) rows * cols), residency);
  }

  private static void expect(String what, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
