package rankine.engine.lowrank;

import rankine.kernels.Matrix;

/**
 * {@code W ≈ U diag(s) Vᵀ}: the leading singular triplets of a matrix W [m, n]. Truncations are
 * nested, so one decomposition serves every rank.
 *
 * @param u [m, r], float32, orthonormal columns, each contiguous
 * @param s [r], float64, descending, non-negative
 * @param v [n, r], float32, orthonormal columns, each contiguous
 * @param rest the Frobenius norm of the residual {@code W − U diag(s) Vᵀ}; 0 if the triplets are
 *     complete up to rounding. For a randomized decomposition it is the root of a difference of
 *     squares, so accurate only to about {@code 5e-4 ‖W‖}.
 */
public record Svd(Matrix u, double[] s, Matrix v, double rest) {
  /** The machine epsilon of float32. */
  static final double FLOAT_EPSILON = 0x1p-23;

  /** Checks that the shapes match. */
  public Svd {
    if (u.cols() != s.length || v.cols() != s.length) {
      throw new IllegalArgumentException(
          "factors: expected %d columns, found %d and %d".formatted(s.length, u.cols(), v.cols()));
    }
  }

  /** Returns the number of triplets, r. */
  public int rank() {
    return s.length;
  }

  /** Returns {@code ‖W - W_k‖} in the Frobenius norm, from the tail of s and {@link #rest}. */
  public double residual(int k) {
    return Math.sqrt(squares(Math.min(k, rank()), rank()) + rest * rest);
  }

  /** Returns {@code ‖W_k‖² / ‖W‖²} in Frobenius norms; 1 for the zero matrix. */
  public double energy(int k) {
    double total = squares(0, rank()) + rest * rest;
    return total == 0 ? 1 : squares(0, Math.min(k, rank())) / total;
  }

  /** Sums the squares of s[from, to) in ascending order, which rounds least. */
  private double squares(int from, int to) {
    double sum = 0;
    for (int i = to - 1; i >= from; i--) {
      sum += s[i] * s[i];
    }
    return sum;
  }

  /**
   * Returns the number of singular values above the rounding error of float32 data, {@code max(m,
   * n) · 2^-23 · σ₁}: the rule of LINPACK and MATLAB.
   */
  public int numericalRank() {
    double threshold = Math.max(u.rows(), v.rows()) * FLOAT_EPSILON * s[0];
    int rank = 0;
    while (rank < rank() && s[rank] > threshold) {
      rank++;
    }
    return rank;
  }

  /**
   * Returns the condition number {@code σ₁ / σ_r}, r the numerical rank; NaN for the zero matrix.
   * For a randomized decomposition it covers the stored triplets only.
   */
  public double condition() {
    int rank = numericalRank();
    return rank == 0 ? Double.NaN : s[0] / s[rank - 1];
  }
}
