package rankine.engine.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The best of some scores, with its equals. */
public final class BestCandidates {
  /**
   * Scores no further apart are equal: means of the same counts differ by less, through rounding,
   * and means of other counts by more.
   */
  private static final double ROUNDING = 1e-12;

  private BestCandidates() {}

  /** The places of the highest score, ascending. */
  public static List<Integer> best(double... scores) {
    double top = Arrays.stream(scores).max().orElseThrow();
    return IntStream.range(0, scores.length).filter(i -> !better(top, scores[i])).boxed().toList();
  }

  /** Whether {@code score} is more than {@code other}. */
  public static boolean better(double score, double other) {
    return score > other + ROUNDING;
  }
}
