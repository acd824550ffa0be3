package rankine.engine.stats;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Indices of the highest scores, ties included. */
public final class BestCandidates {
  /**
   * Scores no further apart are ties: means over the same number of examples differ by less through
   * rounding alone, and different means by more.
   */
  private static final double ROUNDING = 1e-12;

  private BestCandidates() {}

  /** Returns the indices of the highest score, ascending. */
  public static List<Integer> best(double... scores) {
    double top = Arrays.stream(scores).max().orElseThrow();
    return IntStream.range(0, scores.length).filter(i -> !better(top, scores[i])).boxed().toList();
  }

  /** Returns whether {@code score} exceeds {@code other} by more than rounding. */
  public static boolean better(double score, double other) {
    return score > other + ROUNDING;
  }
}
