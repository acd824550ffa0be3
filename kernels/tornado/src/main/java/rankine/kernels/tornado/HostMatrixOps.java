package rankine.kernels.tornado;

import java.util.List;
import java.util.Optional;
import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * Dense linear algebra on the host, for a device without float64: a weight of the device's backend
 * stands for the host's matrix that it was made from.
 */
final class HostMatrixOps implements MatrixOps {
  private final Backend host;
  private final MatrixOps ops;

  HostMatrixOps(Backend host) {
    this.host = host;
    this.ops = host.matrices();
  }

  private Weight onHost(Weight weight) {
    return weight instanceof StoredWeight stored ? host.matrix(stored.source()) : weight;
  }

  @Override
  public DenseMatrix copy(Weight a, float scale) {
    return ops.copy(onHost(a), scale);
  }

  @Override
  public DenseMatrix upload(double[] values, int rows, int cols) {
    return ops.upload(values, rows, cols);
  }

  @Override
  public DenseMatrix stack(List<DenseMatrix> parts) {
    return ops.stack(parts);
  }

  @Override
  public Matrix download(DenseMatrix a) {
    return ops.download(a);
  }

  @Override
  public void download(DenseMatrix a, int[] rows, Matrix into) {
    ops.download(a, rows, into);
  }

  @Override
  public DenseMatrix gaussian(int rows, int cols, long seed) {
    return ops.gaussian(rows, cols, seed);
  }

  @Override
  public DenseMatrix sketch(Weight a, int rows, long seed) {
    return ops.sketch(onHost(a), rows, seed);
  }

  @Override
  public DenseMatrix minus(DenseMatrix a, double factor, DenseMatrix b) {
    return ops.minus(a, factor, b);
  }

  @Override
  public DenseMatrix timesTransposed(DenseMatrix x, Weight w) {
    return ops.timesTransposed(x, onHost(w));
  }

  @Override
  public DenseMatrix times(DenseMatrix x, Weight w) {
    return ops.times(x, onHost(w));
  }

  @Override
  public DenseMatrix timesOwnTranspose(Weight a) {
    return ops.timesOwnTranspose(onHost(a));
  }

  @Override
  public double[] gram(Weight a) {
    return ops.gram(onHost(a));
  }

  @Override
  public double[] product(double[] a, int m, int k, double[] b, int n) {
    return ops.product(a, m, k, b, n);
  }

  @Override
  public double[] symmetricProduct(double[] a, int m, int k, double[] b) {
    return ops.symmetricProduct(a, m, k, b);
  }

  @Override
  public double[] secondMoment(Matrix x) {
    return ops.secondMoment(x);
  }

  @Override
  public DenseMatrix combine(double[] c, int rows, Weight a) {
    return ops.combine(c, rows, onHost(a));
  }

  @Override
  public CholeskyPass choleskyPass(DenseMatrix x, double tolerance) {
    return ops.choleskyPass(x, tolerance);
  }

  @Override
  public Optional<double[]> inverseCholesky(double[] g, int n) {
    return ops.inverseCholesky(g, n);
  }

  @Override
  public double squaredNorm(Weight a) {
    return ops.squaredNorm(onHost(a));
  }

  @Override
  public EigenDecomposition eigen(double[] g, int n) {
    return ops.eigen(g, n);
  }
}
