package rankine.engine.lowrank;

/** Estimates the smallest eigenvalue of a positive definite matrix by inverse iteration. */
final class SmallestEigenvalue {
  /** The estimate converges from above; within 10 % is accurate enough. */
  private static final int ITERATIONS = 8;

  private SmallestEigenvalue() {}

  /**
   * Returns an upper estimate.
   *
   * @param g [n, n], symmetric
   * @return 0 if the matrix is not positive definite to float32 precision
   */
  static double of(double[] g, int n) {
    double[] lower = g.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = g[i * n + j] - dot(lower, i * n, lower, j * n, j);
        if (j < i) {
          lower[i * n + j] = sum / lower[j * n + j];
        } else if (sum > Svd.FLOAT_EPSILON * g[i * n + i]) {
          lower[i * n + i] = Math.sqrt(sum);
        } else {
          return 0;
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = i % 2 == 0 ? 1 : 0.5;
    }
    double estimate = 0;
    for (int k = 0; k < ITERATIONS; k++) {
      double before = Math.sqrt(dot(x, 0, x, 0, n));
      for (int i = 0; i < n; i++) {
        x[i] /= before;
      }
      solve(lower, n, x);
      estimate = 1 / Math.sqrt(dot(x, 0, x, 0, n));
    }
    return estimate;
  }

  /** {@code x = (L Lᵀ)⁻¹ x}. */
  private static void solve(double[] lower, int n, double[] x) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - dot(lower, i * n, x, 0, i)) / lower[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double value = x[i] / lower[i * n + i];
      x[i] = value;
      for (int j = 0; j < i; j++) {
        x[j] -= lower[i * n + j] * value;
      }
    }
  }

  /** Four independent sums hide the latency of the addition. */
  private static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += a[aAt + i] * b[bAt + i];
      s1 += a[aAt + i + 1] * b[bAt + i + 1];
      s2 += a[aAt + i + 2] * b[bAt + i + 2];
      s3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < n; i++) {
      s0 += a[aAt + i] * b[bAt + i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
