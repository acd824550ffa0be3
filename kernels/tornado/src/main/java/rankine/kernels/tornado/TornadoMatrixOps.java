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
 * Dense linear algebra on the device. What crosses are small float64 matrices: Gram matrices to the
 * host, coefficients from it; larger ones go in panels of rows.
 */
final class TornadoMatrixOps implements MatrixOps {
  private final Residency residency;
  private final Device device;
  private final MatrixLaunches launches;
  private final MatrixOps host;

  /**
   * Eigenvalue problems that are too large for one group of work-items are solved by {@code host}.
   */
  TornadoMatrixOps(Residency residency, Device device, MatrixOps host) {
    this.residency = residency;
    this.device = device;
    this.launches = new MatrixLaunches(residency, device);
    this.host = host;
  }

  @Override
  public DenseMatrix copy(Weight a, float scale) {
    ResidentMatrix out = empty(a.rows(), a.cols());
    launches.copy(TornadoMatrix.of(a), scale, out.place().at());
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
    ResidentMatrix out = empty(parts.stream().mapToInt(DenseMatrix::rows).sum(), cols);
    int at = out.place().at();
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
    ResidentMatrix out = empty(rows, cols);
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
    ResidentMatrix out = empty(x.rows(), outputs);
    launches.product(TornadoMatrix.of(x), TornadoMatrix.of(w), transposed, out);
    return out;
  }

  @Override
  public double[] gram(Weight a) {
    int n = a.rows();
    double[] gram = new double[Math.multiplyExact(n, n)];
    int some = panel(n);
    for (int from = 0; from < n; from += some) {
      int count = Math.min(some, n - from);
      launches.gram(TornadoMatrix.of(a), from, count);
      device.transfers().fetchDoubles(device, 0, part(gram, from, count, n));
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
    ResidentMatrix out = empty(rows, a.cols());
    int some = panel(depth);
    for (int from = 0; from < rows; from += some) {
      int count = Math.min(some, rows - from);
      device.transfers().sendDoubles(device, part(c, from, count, depth), 0);
      launches.combine(TornadoMatrix.of(a), out, 0, from, count);
    }
    return out;
  }

  /** All on the device; two numbers come back. */
  @Override
  public CholeskyPass choleskyPass(DenseMatrix x, double enough) {
    int q = x.rows();
    if (q > CholeskyKernel.MOST_ROWS) {
      return MatrixOps.super.choleskyPass(x, enough);
    }
    TornadoMatrix rows = TornadoMatrix.of(x);
    launches.gram(rows, 0, q);
    launches.cholesky(q);
    double[] answers = new double[2];
    device.transfers().fetchDoubles(device, 2 * q * q, MemorySegment.ofArray(answers));
    if (answers[0] < enough || answers[1] == 0) {
      return new CholeskyPass(answers[0], Optional.empty());
    }
    ResidentMatrix basis = empty(q, x.cols());
    launches.combine(rows, basis, q * q, 0, q);
    return new CholeskyPass(answers[0], Optional.of(basis));
  }

  @Override
  public double squaredNorm(Weight a) {
    TornadoMatrix matrix = TornadoMatrix.of(a);
    int lines = matrix.colStride() == 1 ? matrix.rows() : matrix.cols();
    double[] sums = new double[lines];
    int some = panel(1);
    for (int from = 0; from < lines; from += some) {
      int count = Math.min(some, lines - from);
      launches.squares(matrix, from, count);
      device.transfers().fetchDoubles(device, 0, part(sums, from, count, 1));
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
    return n <= JacobiKernel.MOST_ROWS ? SmallEigen.of(g, n, device) : host.eigen(g, n);
  }

  /** Rows {@code from} to {@code from + count} of a matrix of so many columns. */
  private static MemorySegment part(double[] values, int from, int count, int cols) {
    long row = (long) cols * Double.BYTES;
    return MemorySegment.ofArray(values).asSlice(from * row, count * row);
  }

  /** How many rows of so many float64 values are on the device at a time: whole tiles. */
  private int panel(int width) {
    int rows = device.memory().sizes().doubles() / width;
    return Math.max(MatrixKernels.TILE, rows / MatrixKernels.TILE * MatrixKernels.TILE);
  }

  private ResidentMatrix empty(int rows, int cols) {
    return new ResidentMatrix(rows, cols, residency.floats((long) rows * cols), residency);
  }

  private static void expect(String what, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
