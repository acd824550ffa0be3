package rankine.engine.lowrank;

import rankine.common.EditException;

/**
 * The parameters of {@link RandomizedSvd}.
 *
 * @param rank triplets wanted, at least 1; a matrix with a shorter side gives as many as that has
 * @param oversampling vectors of the sketch beyond {@code rank}
 * @param powerIterations multiplications of the sketch by {@code A Aᵀ}. The two say how accurate
 *     the result is: as from so many vectors and multiplications, or better ({@link RangeFinder}
 *     may get there by a shorter way)
 * @param seed of the sketch
 */
public record RandomizedOptions(int rank, int oversampling, int powerIterations, long seed) {
  private static final int LEAST_OVERSAMPLING = 10;

  /** Checks the ranges. */
  public RandomizedOptions {
    if (rank < 1) {
      throw new EditException("rank: expected at least 1, found " + rank);
    }
    if (oversampling < 0) {
      throw new EditException("oversampling: expected at least 0, found " + oversampling);
    }
    if (powerIterations < 0) {
      throw new EditException("power iterations: expected at least 0, found " + powerIterations);
    }
  }

  /**
   * Half as many vectors again as the rank, at least 10 more, and three iterations: with these the
   * error stays within 1 % of the best of that rank even where the spectrum hardly falls (worst
   * found 0.9 %, on a cluster of equal values twice as large as the rank; 10 more and two
   * iterations: 3.9 %).
   */
  public static RandomizedOptions standard(int rank, long seed) {
    return new RandomizedOptions(rank, Math.max(LEAST_OVERSAMPLING, rank / 2), 3, seed);
  }

  /** The paper's: as many vectors as the rank, two iterations. */
  public static RandomizedOptions paper(int rank, long seed) {
    return new RandomizedOptions(rank, 0, 2, seed);
  }

  /** Vectors of the sketch for a matrix whose shorter side is {@code side}. */
  int sketch(int side) {
    return (int) Math.min(side, (long) rank + oversampling);
  }
}
