package rankine.engine.lowrank;

import java.util.Arrays;
import java.util.SplittableRandom;
import rankine.kernels.Matrix;

/**
 * A randomized check that an {@link Svd} read from a file decomposes a matrix W [m, n]: with a
 * vector x of random signs, the mean of {@code ‖(W − U diag(s) Vᵀ) x‖²} is the squared Frobenius
 * norm of the difference. In the same way {@code ‖U z‖² = r} for orthonormal columns. It costs
 * about one multiply-add per element, and finds a file that was replaced or altered together with
 * its hash, unless the alteration is below {@link #TOLERANCE}.
 */
final class FactorCheck {
  /** Relative to ‖W‖. Far above rounding, and far below what changes a result visibly. */
  private static final double TOLERANCE = 1e-4;

  private FactorCheck() {}

  /**
   * @param svd exact: it keeps every triplet, so that no residual is left
   * @throws FactorFile.Damaged if {@code svd} is no decomposition of {@code w}
   */
  static void check(Svd svd, Matrix w, long seed) throws FactorFile.Damaged {
    // rest is √(‖W‖² − Σ s²): no forged one can excuse other singular values.
    if (svd.rest() != 0) {
      throw new FactorFile.Damaged("residual", "0", svd.rest());
    }
    double norm = 0;
    double last = Double.POSITIVE_INFINITY;
    for (double s : svd.s()) {
      if (!(s >= 0 && s <= last) || s == Double.POSITIVE_INFINITY) {
        throw new FactorFile.Damaged("singular values", "descending numbers, 0 or more", s);
      }
      last = s;
      norm += s * s;
    }
    norm = Math.sqrt(norm);
    double stored = frobenius(w);
    if (!(Math.abs(norm - stored) <= TOLERANCE * stored)) {
      throw new FactorFile.Damaged("Frobenius norm", stored, norm);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double error = difference(svd, w, signs(w.cols(), random));
    if (!(error <= TOLERANCE * norm)) {
      throw new FactorFile.Damaged(
          "factors", "the matrix's", "a relative difference of %.1e".formatted(error / norm));
    }
    double[] z = signs(svd.rank(), random);
    orthonormal("left", svd.u(), z);
    orthonormal("right", svd.v(), z);
  }

  private static double[] signs(int count, SplittableRandom random) {
    double[] signs = new double[count];
    Arrays.setAll(signs, i -> random.nextBoolean() ? 1 : -1);
    return signs;
  }

  /** Returns {@code ‖W x − U diag(s) Vᵀ x‖}. */
  private static double difference(Svd svd, Matrix w, double[] x) {
    double[] y = times(w, x);
    double[] projected = times(svd.v().transposed(), x);
    for (int i = 0; i < projected.length; i++) {
      projected[i] *= svd.s()[i];
    }
    double[] approximated = times(svd.u(), projected);
    for (int i = 0; i < y.length; i++) {
      y[i] -= approximated[i];
    }
    return norm(y);
  }

  /** Returns {@code ‖a‖}, reading a in the order of its memory. */
  private static double frobenius(Matrix a) {
    Matrix rows = a.rowContiguous() ? a : a.transposed();
    double sum = 0;
    for (int r = 0; r < rows.rows(); r++) {
      for (int c = 0; c < rows.cols(); c++) {
        double element = rows.get(r, c);
        sum += element * element;
      }
    }
    return Math.sqrt(sum);
  }

  private static void orthonormal(String side, Matrix columns, double[] z)
      throws FactorFile.Damaged {
    double found = norm(times(columns, z)) / Math.sqrt(z.length);
    if (!(Math.abs(found - 1) <= TOLERANCE)) {
      throw new FactorFile.Damaged(side + " vectors", "orthonormal ones", "a norm of " + found);
    }
  }

  /** Returns {@code a x}, reading a in the order of its memory. */
  private static double[] times(Matrix a, double[] x) {
    double[] y = new double[a.rows()];
    if (a.rowContiguous()) {
      for (int r = 0; r < a.rows(); r++) {
        double sum = 0;
        for (int c = 0; c < a.cols(); c++) {
          sum += a.get(r, c) * x[c];
        }
        y[r] = sum;
      }
    } else {
      for (int c = 0; c < a.cols(); c++) {
        for (int r = 0; r < a.rows(); r++) {
          y[r] += a.get(r, c) * x[c];
        }
      }
    }
    return y;
  }

  private static double norm(double[] v) {
    double sum = 0;
    for (double element : v) {
      sum += element * element;
    }
    return Math.sqrt(sum);
  }
}
