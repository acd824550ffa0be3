package rankine.kernels.cpu;

import java.util.Arrays;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by the QL iteration with implicit shifts (Dubrulle,
 * Martin and Wilkinson 1968; Golub and Van Loan, 8.3.3). Its plane rotations are recorded in
 * batches and then applied to the basis by strips of columns: each strip takes many sweeps while it
 * is in a cache, and strips run in parallel.
 */
final class ImplicitQl {
  /** Sweeps per eigenvalue at most; two are usual. */
  private static final int MAX_SWEEPS = 60;

  /** Full sweeps per batch. */
  private static final int BATCH_SWEEPS = 16;

  /** Couplings below this fraction of the largest element are zero up to rounding. */
  private static final double NEGLIGIBLE = 0x1p-53;

  private final int n;
  private final double[] d;
  private final double[] e;
  private final double[] basis;
  private final int stride;
  private final Float64Kernels kernels;
  private final Workers workers;

  private final double[] angles;
  private int angleCount;

  /** The recorded sweeps: bottom row, top row and first angle of each. */
  private int[] sweeps = new int[3 * 64];

  private int sweepCount;

  /**
   * Takes a matrix as described by {@link Tridiagonal}; overwrites its arrays.
   *
   * @param basis a row for each of the matrix's columns, [n][stride]; at the end the eigenvectors
   *     in terms of them
   */
  ImplicitQl(
      double[] diagonal,
      double[] below,
      double[] basis,
      int stride,
      Float64Kernels kernels,
      Workers workers) {
    this.n = diagonal.length;
    this.d = diagonal;
    this.e = below;
    this.basis = basis;
    this.stride = stride;
    this.kernels = kernels;
    this.workers = workers;
    this.angles = new double[2 * BATCH_SWEEPS * n];
  }

  /** Returns the eigenvalues, [n], in the order of the basis's rows. */
  double[] solve() {
    for (int l = 0; l < n; l++) {
      isolate(l);
    }
    flush();
    return d;
  }

  /** Sweeps until element l is an eigenvalue. */
  private void isolate(int l) {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.max(Math.abs(d[i]), Math.abs(e[i])));
    }
    for (int count = 0; ; count++) {
      int m = l;
      while (m < n - 1 && Math.abs(e[m]) > NEGLIGIBLE * largest) {
        m++;
      }
      if (m == l) {
        return;
      }
      if (count == MAX_SWEEPS) {
        throw new ArithmeticException(
            "eigenvalue %d of %d: expected to converge in %d sweeps, found a coupling of %g"
                .formatted(l, n, MAX_SWEEPS, e[l]));
      }
      sweep(l, m);
    }
  }

  /** One sweep over the unreduced block l to m, from m to l. */
  private void sweep(int l, int m) {
    if (angleCount + 2 * (m - l) > angles.length) {
      flush();
    }
    int start = angleCount;
    // Wilkinson's shift: the eigenvalue of the block's first two rows that is nearest to d[l].
    double half = (d[l + 1] - d[l]) / (2 * e[l]);
    double root = Math.sqrt(half * half + 1);
    double g = d[m] - d[l] + e[l] / (half + Math.copySign(root, half));
    double s = 1;
    double c = 1;
    double p = 0;
    int i = m - 1;
    for (; i >= l; i--) {
      double f = s * e[i];
      double b = c * e[i];
      double r = Math.sqrt(f * f + g * g);
      e[i + 1] = r;
      if (r == 0) {
        // The block splits here: the rotations so far are valid, the rest is for a later sweep.
        d[i + 1] -= p;
        break;
      }
      s = f / r;
      c = g / r;
      g = d[i + 1] - p;
      double t = (d[i] - g) * s + 2 * c * b;
      p = s * t;
      d[i + 1] = g + p;
      g = c * t - b;
      angles[angleCount++] = c;
      angles[angleCount++] = s;
    }
    if (i < l) {
      d[l] -= p;
      e[l] = g;
    }
    e[m] = 0;
    record(i + 1, m, start);
  }

  private void record(int bottom, int top, int start) {
    if (bottom == top) {
      return;
    }
    if (3 * sweepCount == sweeps.length) {
      sweeps = Arrays.copyOf(sweeps, 2 * sweeps.length);
    }
    sweeps[3 * sweepCount] = bottom;
    sweeps[3 * sweepCount + 1] = top;
    sweeps[3 * sweepCount + 2] = start;
    sweepCount++;
  }

  /** Applies the recorded sweeps to the basis. */
  private void flush() {
    int width = kernels.sweepCols();
    workers.run(
        Math.ceilDiv(stride, width),
        (worker, strip) -> {
          int col = strip * width;
          int cols = Math.min(width, stride - col);
          for (int i = 0; i < sweepCount; i++) {
            kernels.sweep(
                basis,
                stride,
                col,
                cols,
                sweeps[3 * i],
                sweeps[3 * i + 1],
                angles,
                sweeps[3 * i + 2]);
          }
        });
    sweepCount = 0;
    angleCount = 0;
  }
}
