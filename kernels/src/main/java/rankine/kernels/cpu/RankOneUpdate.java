package rankine.kernels.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The eigenvalues and eigenvectors of {@code D + ρ z zᵀ}, D diagonal, z of unit length and ρ > 0
 * (Gu and Eisenstat 1995, with the deflation of Dongarra and Sorensen 1987).
 *
 * <p>Where z is all but zero, or can be made so by rotating two elements of D that lie close
 * together, an element of D is an eigenvalue as it is. The others follow from {@link
 * SecularEquation}. Their eigenvectors are those of the z that has these roots exactly, so they are
 * orthogonal however close the roots are.
 */
final class RankOneUpdate {
  /** Of the greatest of D and ρ: what may be neglected. */
  private static final double NEGLIGIBLE = 0x1p-50;

  /** Elements of z that a task finds. */
  private static final int COLUMNS = 64;

  private final double[] d;
  private final double[] z;
  private final double rho;
  private int[] kept = {};

  /**
   * An update whose arrays become its own.
   *
   * @param d in any order; in the end the eigenvalues, [n]
   */
  RankOneUpdate(double[] d, double[] z, double rho) {
    this.d = d;
    this.z = z;
    this.rho = rho;
  }

  /** Of eigenvectors i and j of D, j the one that is kept: by cosine c and sine s. */
  interface Rotation {
    void apply(int i, int j, double c, double s);
  }

  /** Sets aside what is an eigenvalue already; must precede the rest. */
  void deflate(Rotation rotation) {
    int[] order = ascending();
    double largest = rho;
    for (double value : d) {
      largest = Math.max(largest, Math.abs(value));
    }
    double tolerance = NEGLIGIBLE * largest;
    int[] candidates = new int[d.length];
    int count = 0;
    for (int j : order) {
      if (rho * Math.abs(z[j]) <= tolerance) {
        continue;
      }
      if (count > 0 && merged(candidates[count - 1], j, tolerance, rotation)) {
        count--;
      }
      candidates[count++] = j;
    }
    kept = Arrays.copyOf(candidates, count);
  }

  private int[] ascending() {
    return IntStream.range(0, d.length)
        .boxed()
        .sorted((i, j) -> Double.compare(d[i], d[j]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Whether a rotation that makes z[i] zero leaves D all but diagonal; it is then done. */
  private boolean merged(int i, int j, double tolerance, Rotation rotation) {
    double length = Math.hypot(z[i], z[j]);
    double c = z[j] / length;
    double s = -z[i] / length;
    if (Math.abs((d[j] - d[i]) * c * s) > tolerance) {
      return false;
    }
    z[j] = length;
    z[i] = 0;
    rotation.apply(i, j, c, s);
    double di = d[i];
    d[i] = di * c * c + d[j] * s * s;
    d[j] = di * s * s + d[j] * c * c;
    return true;
  }

  /** Indices of the elements that are not eigenvalues yet, by ascending D. */
  int[] kept() {
    return kept;
  }

  /**
   * Finds the remaining eigenvalues, {@code d[kept[k]]} the k-th, and their eigenvectors.
   *
   * @param order the elements of {@link #kept} in any order
   * @return eigenvector k a row, its elements in that order, [kept][kept]
   */
  double[] vectors(int[] order, Workers workers) {
    int n = kept.length;
    int[] place = new int[d.length];
    for (int i = 0; i < n; i++) {
      place[order[i]] = i;
    }
    double[] poles = new double[n];
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      poles[k] = d[kept[k]];
      weights[k] = rho * z[kept[k]] * z[kept[k]];
    }
    SecularEquation equation = new SecularEquation(poles, weights, n);
    // Row k: the poles' distances from root k; then its eigenvector.
    double[] rows = new double[n * n];
    workers.run(n, (worker, k) -> d[kept[k]] = equation.root(k, rows, k * n));
    double[] exact = new double[n];
    workers.run(
        Math.ceilDiv(n, COLUMNS),
        (worker, task) -> {
          int from = task * COLUMNS;
          squares(poles, rows, exact, from, Math.min(n, from + COLUMNS));
        });
    for (int i = 0; i < n; i++) {
      exact[i] = Math.copySign(Math.sqrt(-exact[i]), z[kept[i]]);
    }
    double[][] scratch = new double[workers.size()][n];
    workers.run(
        n,
        (worker, k) -> {
          double[] vector = scratch[worker];
          double squares = 0;
          for (int i = 0; i < n; i++) {
            vector[i] = exact[i] / rows[k * n + i];
            squares += vector[i] * vector[i];
          }
          double scale = 1 / Math.sqrt(squares);
          for (int i = 0; i < n; i++) {
            rows[k * n + place[kept[i]]] = vector[i] * scale;
          }
        });
    return rows;
  }

  /**
   * The squares of the z that has these roots, but for their sign and a factor: {@code Π_j
   * (poles[i] - λ_j) / Π_{j ≠ i} (poles[i] - poles[j])} (Löwner).
   */
  private static void squares(
      double[] poles, double[] distances, double[] squares, int from, int to) {
    int n = poles.length;
    for (int i = from; i < to; i++) {
      squares[i] = distances[i * n + i];
    }
    for (int j = 0; j < n; j++) {
      double pole = poles[j];
      int row = j * n;
      for (int i = from; i < Math.min(j, to); i++) {
        squares[i] *= distances[row + i] / (poles[i] - pole);
      }
      for (int i = Math.max(j + 1, from); i < to; i++) {
        squares[i] *= distances[row + i] / (poles[i] - pole);
      }
    }
  }
}
