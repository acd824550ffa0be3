package rankine.kernels.cpu;

/** Plain loops: the oracle of {@link VectorFloat64}. */
final class ScalarFloat64 implements Float64Kernels {
  private static final int TILE = 4;

  @Override
  public int tileRows() {
    return TILE;
  }

  @Override
  public int tileCols() {
    return TILE;
  }

  @Override
  public int align() {
    return 1;
  }

  @Override
  public void tile(
      double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride) {
    for (int i = 0; i < TILE; i++) {
      for (int j = 0; j < TILE; j++) {
        double sum = c[cAt + i * cStride + j];
        for (int p = 0; p < depth; p++) {
          sum += a[aAt + p * TILE + i] * b[bAt + p * TILE + j];
        }
        c[cAt + i * cStride + j] = sum;
      }
    }
  }

  @Override
  public double squares(float[] x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[i] * x[i];
    }
    return sum;
  }

  @Override
  public void subtractRows(
      double[] a, int at, double[] factors, int count, int from, int stride, int n) {
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < n; i++) {
        a[at + i] -= factors[k] * a[from + k * stride + i];
      }
    }
  }

  @Override
  public void addProducts(
      float[] sums, int at, float[] factors, int factorAt, float[] x, int xAt, int n) {
    for (int i = 0; i < n; i++) {
      sums[at + i] += factors[factorAt + i] * x[xAt + i];
    }
  }

  @Override
  public void addScaled(float[] sums, int at, float factor, float[] x, int xAt, int n) {
    for (int i = 0; i < n; i++) {
      sums[at + i] += factor * x[xAt + i];
    }
  }

  @Override
  public void updateAndMultiply(
      double[] a,
      int stride,
      int first,
      int last,
      int from,
      int to,
      double[] v,
      double[] w,
      double[] next,
      double[] y) {
    for (int i = first; i < last; i++) {
      double sum = 0;
      for (int j = from; j < to; j++) {
        double value = a[i * stride + j] - v[i] * w[j] - w[i] * v[j];
        a[i * stride + j] = value;
        sum += value * next[j];
      }
      y[i] = sum;
    }
  }
}
