package rankine.engine.lowrank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * The singular value decomposition of A [m, n], m ≤ n, from {@code A Aᵀ = U diag(s²) Uᵀ} in float64
 * and {@code V = Aᵀ U diag(1/s)}.
 *
 * <p>Computed this way, the columns of V are orthogonal to about {@code 2^-52 · (σ₁/σ)²}. So a
 * level accepts only values above {@link #HEAD} · σ₁. The remainder {@code U_tailᵀ A}, whose norm
 * is smaller by that factor, is decomposed in the same way at the next level, until only rounding
 * error remains. If there was more than one level, a final Gram-Schmidt pass in descending order
 * makes V orthogonal across levels.
 */
final class GramSvd {
  /** Relative to the largest value of a level: (1/HEAD)² · 2^-52 stays far below 1e-5. */
  private static final double HEAD = 1e-4;

  /** Relative to σ₁: values below are rounding error of float32 data. */
  static final double FLOOR = 0x1p-23;

  /**
   * A block of singular triplets.
   *
   * @param left [r, m], one vector per row
   * @param right [r, n]
   */
  record TripletBlock(double[] s, DenseMatrix left, DenseMatrix right) implements AutoCloseable {
    @Override
    public void close() {
      left.close();
      right.close();
    }
  }

  /** Limit of Gram-Schmidt passes; each squares the deviation. */
  private static final int MAX_PASSES = 3;

  /** Inner products of two rows below this are rounding error of float32. */
  private static final double ORTHONORMAL = 5e-7;

  private GramSvd() {}

  /** Returns the triplets of {@code a}, largest first; none for the zero matrix. */
  static List<TripletBlock> of(Weight a, MatrixOps ops) {
    return solve(a, null, a.rows(), ops);
  }

  /**
   * Returns the leading triplets of {@code basisᵀ a}.
   *
   * @param a [q, n]
   * @param basis [q, m], orthonormal rows
   * @param maxTriplets limit of the number of triplets
   */
  static List<TripletBlock> of(Weight a, DenseMatrix basis, int maxTriplets, MatrixOps ops) {
    return solve(a, basis, maxTriplets, ops);
  }

  private static List<TripletBlock> solve(
      Weight a, DenseMatrix basis, int maxTriplets, MatrixOps ops) {
    List<TripletBlock> blocks = new ArrayList<>();
    Weight level = a;
    DenseMatrix levelBasis = basis;
    List<DenseMatrix> owned = List.of();
    double top = 0;
    int remaining = maxTriplets;
    while (true) {
      int m = level.rows();
      EigenDecomposition eigen = ops.eigen(ops.gram(level), m);
      double largest = root(eigen.values()[0]);
      top = Math.max(top, largest);
      double bound = Math.max(largest * HEAD, top * FLOOR);
      int heads = 0;
      while (heads < Math.min(m, remaining) && root(eigen.values()[heads]) > bound) {
        heads++;
      }
      if (heads > 0) {
        blocks.add(block(eigen, heads, level, levelBasis, ops));
        remaining -= heads;
      }
      // A level without accepted values is rounding error, or zero.
      boolean more = heads > 0 && heads < m && remaining > 0;
      double[] tail = more ? Arrays.copyOfRange(eigen.vectors(), heads * m, m * m) : null;
      DenseMatrix nextBasis = more ? times(tail, m - heads, levelBasis, m, ops) : null;
      DenseMatrix next = more ? ops.combine(tail, m - heads, level) : null;
      if (more && Math.sqrt(ops.squaredNorm(next)) <= top * FLOOR) {
        next.close();
        nextBasis.close();
        more = false;
      }
      // The caller owns the matrices of the first level.
      owned.forEach(DenseMatrix::close);
      if (!more) {
        return blocks.size() > 1 ? List.of(orthogonalized(blocks, ops)) : blocks;
      }
      owned = List.of(next, nextBasis);
      level = next;
      levelBasis = nextBasis;
    }
  }

  private static double root(double value) {
    return Math.sqrt(Math.max(0, value));
  }

  private static TripletBlock block(
      EigenDecomposition eigen, int heads, Weight level, DenseMatrix basis, MatrixOps ops) {
    int m = level.rows();
    double[] s = new double[heads];
    double[] vectors = Arrays.copyOf(eigen.vectors(), heads * m);
    DenseMatrix left = times(vectors, heads, basis, m, ops);
    for (int i = 0; i < heads; i++) {
      s[i] = root(eigen.values()[i]);
      for (int j = 0; j < m; j++) {
        vectors[i * m + j] /= s[i];
      }
    }
    return new TripletBlock(s, left, ops.combine(vectors, heads, level));
  }

  /** Returns {@code C basis}, or C if there is no basis. */
  private static DenseMatrix times(
      double[] c, int rows, DenseMatrix basis, int cols, MatrixOps ops) {
    return basis == null ? ops.upload(c, rows, cols) : ops.combine(c, rows, basis);
  }

  /** Merges all blocks into one and makes the rows of its right factor orthonormal. */
  private static TripletBlock orthogonalized(List<TripletBlock> blocks, MatrixOps ops) {
    double[] s = blocks.stream().flatMapToDouble(b -> Arrays.stream(b.s())).toArray();
    DenseMatrix left = ops.stack(blocks.stream().map(TripletBlock::left).toList());
    DenseMatrix right = ops.stack(blocks.stream().map(TripletBlock::right).toList());
    blocks.forEach(TripletBlock::close);
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      double[] correction = ops.gram(right);
      double largest = 0;
      int r = s.length;
      // The Gram matrix is I + E; the inverse of its Cholesky factor is I - lower(E) -
      // diagonal(E) / 2 up to E².
      for (int i = 0; i < r; i++) {
        double diagonal = correction[i * r + i] - 1;
        largest = Math.max(largest, Math.abs(diagonal));
        correction[i * r + i] = 1 - diagonal / 2;
        for (int j = 0; j < i; j++) {
          largest = Math.max(largest, Math.abs(correction[i * r + j]));
          correction[i * r + j] = -correction[i * r + j];
        }
        Arrays.fill(correction, i * r + i + 1, (i + 1) * r, 0);
      }
      if (largest < ORTHONORMAL) {
        break;
      }
      DenseMatrix corrected = ops.combine(correction, r, right);
      right.close();
      right = corrected;
    }
    return new TripletBlock(s, left, right);
  }
}
