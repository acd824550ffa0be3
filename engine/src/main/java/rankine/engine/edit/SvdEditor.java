package rankine.engine.edit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.Removal;
import rankine.engine.lowrank.Svd;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Replaces W [m, n] by its best approximation of the rank k that {@link Removal#rank} leaves, as
 * factors {@code U_k S_k} [m, k] and {@code V_kᵀ} [k, n] or as a dense matrix, in float32. Rank 0
 * gives the zero matrix.
 */
final class SvdEditor implements MatrixEditor {
  /** Unaligned: factors from a file may have any address. */
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final Decompositions decompositions;
  private final EditPlan plan;

  SvdEditor(Decompositions decompositions, EditPlan plan) {
    this.decompositions = decompositions;
    this.plan = plan;
  }

  @Override
  public Replacement edit(String name, Matrix w, Removal removal) {
    int rank = removal.rank(w.rows(), w.cols());
    if (rank == 0) {
      return new ZeroEditor().edit(name, w, removal);
    }
    Optional<RandomizedOptions> sketch = plan.sketch(rank, w.rows(), w.cols());
    Svd svd =
        sketch
            .map(options -> decompositions.randomized(name, w, options))
            .orElseGet(() -> decompositions.exact(name, w, plan.method()));
    int keptRank = Math.min(rank, svd.rank());
    if (plan.factored().keepsFactors(keptRank, w.rows(), w.cols())) {
      return factors(svd, 0, keptRank);
    }
    int tail = svd.rank() - keptRank;
    return new Replacement.Dense(
        sketch.isEmpty() && tail > 0 && tail < keptRank
            ? difference(w, factors(svd, keptRank, tail).product(decompositions.backend()))
            : factors(svd, 0, keptRank).product(decompositions.backend()));
  }

  /**
   * Returns {@code U S} [m, count] and {@code Vᵀ} [count, n] of the triplets [from, from + count).
   * These are copies, so that the decomposition can be freed; off-heap, like weights.
   */
  private static Replacement.FactorPair factors(Svd svd, int from, int count) {
    Matrix u = svd.u().transposed();
    Matrix v = svd.v().transposed();
    Matrix left = allocate(u.cols(), count);
    Matrix right = allocate(count, v.cols());
    float[] vector = new float[u.cols()];
    for (int j = 0; j < count; j++) {
      MemorySegment.copy(u.data(), FLOAT, at(u, from + j), vector, 0, vector.length);
      double s = svd.s()[from + j];
      for (int i = 0; i < vector.length; i++) {
        left.data().setAtIndex(FLOAT, (long) i * count + j, (float) (vector[i] * s));
      }
      long bytes = (long) v.cols() * Float.BYTES;
      MemorySegment.copy(v.data(), at(v, from + j), right.data(), at(right, j), bytes);
    }
    return new Replacement.FactorPair(left, right);
  }

  /** Returns the byte offset of a row of float32. */
  private static long at(Matrix rows, int row) {
    return row * rows.rowStride() * Float.BYTES;
  }

  private static Matrix allocate(int rows, int cols) {
    MemorySegment memory = Arena.ofAuto().allocate((long) rows * cols * Float.BYTES, 64);
    return Matrix.rowMajor(memory, DType.F32, rows, cols);
  }

  /**
   * Computes {@code W - tail}. It equals the product of the kept triplets; with fewer triplets in
   * the tail than in the head, it is cheaper.
   *
   * @param tail [m, n], row-major; receives the result
   */
  private static Matrix difference(Matrix w, Matrix tail) {
    for (int i = 0; i < w.rows(); i++) {
      for (int j = 0; j < w.cols(); j++) {
        long at = (long) i * w.cols() + j;
        tail.data().setAtIndex(FLOAT, at, w.get(i, j) - tail.data().getAtIndex(FLOAT, at));
      }
    }
    return tail;
  }
}
