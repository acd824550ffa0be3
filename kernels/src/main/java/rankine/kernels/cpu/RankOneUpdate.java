package rankine.kernels.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of {@code D + ρ z zᵀ}, D diagonal, z of unit length and ρ > 0 (Gu
 * and Eisenstat 1995, with the deflation of Dongarra and Sorensen 1987).
 *
 * <p>Where an element of z is negligible, or becomes so by a rotation of two elements of D that are
 * close together, the element of D is an eigenvalue already (deflation). The others follow from
 * {@link SecularEquation}. Their eigenvectors are those of the z that has these roots exactly, so
 * they are orthogonal however close the roots are.
 */
final class RankOneUpdate {
  /** Tolerance, relative to the greatest magnitude of D and ρ. */
  private static final double NEGLIGIBLE = 0x1p-50;

  /** Elements of z per task. */
  private static final int TASK_COLUMNS = 64;

  private final double[] d;
  private final double[] z;
  private final double rho;
  private int[] kept = {};

  /**
   * Takes ownership of both arrays.
   *
   * @param d in any order; the eigenvalues at the end, [n]
   */
  RankOneUpdate(double[] d, double[] z, double rho) {
    this.d = d;
    this.z = z;
    this.rho = rho;
  }

  /**
   * Rotates eigenvectors i and j of D by cosine c and sine s; j is the one that is not deflated.
   */
  interface Rotation {
    void apply(int i, int j, double c, double s);
  }

  /** Deflates; must be called before the other methods. */
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
      if (count > 0 && deflated(candidates[count - 1], j, tolerance, rotation)) {
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

  /**
   * Deflates i if a rotation that makes z[i] zero leaves D diagonal to the tolerance; returns
   * whether it did.
   */
  private boolean deflated(int i, int j, double tolerance, Rotation rotation) {
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

  /** Indices of the elements that are not deflated, by ascending D. */
  int[] kept() {
    return kept;
  }

  /**
   * Computes the remaining eigenvalues, {@code d[kept[k]]} the k-th, and their eigenvectors.
   *
   * @param order the elements of {@link #kept} in any order
   * @return eigenvector k in row k, its elements in {@code order}, [kept][kept]
   */
  double[] vectors(int[] order, Workers workers) {
    int n = kept.length;
    int[] position = new int[d.length];
    for (int i = 0; i < n; i++) {
      position[order[i]] = i;
    }
    double[] poles = new double[n];
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      poles[k] = d[kept[k]];
      weights[k] = rho * z[kept[k]] * z[kept[k]];
    }
    SecularEquation equation = new SecularEquation(poles, weights);
    // Row k: the distances of the poles from root k; later its eigenvector.
    double[] rows = new double[n * n];
    workers.run(n, (worker, k) -> d[kept[k]] = equation.root(k, rows, k * n));
    double[] exact = new double[n];
    workers.run(
        Math.ceilDiv(n, TASK_COLUMNS),
        (worker, task) -> {
          int from = task * TASK_COLUMNS;
          squares(poles, rows, exact, from, Math.min(n, from + TASK_COLUMNS));
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
            rows[k * n + position[kept[i]]] = vector[i] * scale;
          }
        });
    return rows;
  }

  /**
   * The squares of the z that has these roots, up to sign and a factor: {@code Π_j (poles[i] - λ_j)
   * / Π_{j ≠ i} (poles[i] - poles[j])} (Löwner).
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
