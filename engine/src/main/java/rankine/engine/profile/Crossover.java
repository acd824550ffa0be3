package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The rank at which two thin products with factors take as long as one product with the dense
 * matrix [m, n]. The search measures a coarse grid of ranks up to the shorter side, then a fine
 * grid between the two ranks where the times cross. Time increases with rank, so an isotonic fit of
 * the noisy ratios decides ({@link IsotonicRegression}): a single outlier has no effect.
 *
 * @param m rows of the matrix
 * @param n columns of the matrix
 * @param steps all measured ranks, each once, ascending
 */
public record Crossover(int m, int n, List<CrossoverStep> steps) {
  private static final int GRID_INTERVALS = 8;

  /** Ranks of both grids. */
  static final int MOST_RANKS = 2 * GRID_INTERVALS;

  /**
   * One rank.
   *
   * @param dense median seconds of the dense product
   * @param factored median seconds of both thin products, sampled alternately with the dense one
   */
  public record CrossoverStep(int rank, double dense, double factored) {
    /** Returns factored / dense; above 1 the dense product is faster. */
    double ratio() {
      return factored / dense;
    }
  }

  /** Sorts the steps. */
  public Crossover {
    steps = steps.stream().sorted(Comparator.comparingInt(CrossoverStep::rank)).toList();
  }

  /**
   * Measures the crossover.
   *
   * @param measure times factors of the given ranks and the dense matrix alternately
   */
  static Crossover find(int m, int n, Function<List<Integer>, List<CrossoverStep>> measure) {
    int maxRank = Math.min(m, n);
    Crossover coarse = new Crossover(m, n, measure.apply(grid(1, maxRank)));
    if (coarse.measured().isEmpty()) {
      return coarse;
    }
    List<Integer> fine =
        new ArrayList<>(grid(coarse.below().orElseThrow(), coarse.above().orElseThrow()));
    fine.removeAll(coarse.steps.stream().map(CrossoverStep::rank).toList());
    if (fine.isEmpty()) {
      return coarse;
    }
    List<CrossoverStep> all = new ArrayList<>(coarse.steps);
    all.addAll(measure.apply(fine));
    return new Crossover(m, n, all);
  }

  /** Returns evenly spaced integers from {@code from} to {@code to}, both included. */
  private static List<Integer> grid(int from, int to) {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i <= GRID_INTERVALS; i++) {
      ranks.add((int) (from + (long) i * (to - from) / GRID_INTERVALS));
    }
    return ranks.stream().distinct().toList();
  }

  /** Returns {@code m n / (m + n)}: the rank of equal element and operation counts. */
  public double arithmetic() {
    return (double) m * n / ((double) m + n);
  }

  /** Returns the highest measured rank below the crossover; absent if dense was always faster. */
  public OptionalInt below() {
    int above = firstAbove();
    return above == 0 ? OptionalInt.empty() : OptionalInt.of(steps.get(above - 1).rank);
  }

  /** Returns the lowest measured rank above it; absent if the factors were always faster. */
  public OptionalInt above() {
    int above = firstAbove();
    return above == steps.size() ? OptionalInt.empty() : OptionalInt.of(steps.get(above).rank);
  }

  /**
   * Returns the crossover: linear interpolation of the fitted ratio between {@link #below} and
   * {@link #above}; absent unless both exist.
   */
  public OptionalDouble measured() {
    int above = firstAbove();
    if (above == 0 || above == steps.size()) {
      return OptionalDouble.empty();
    }
    double[] fitted = fitted();
    double fraction = (1 - fitted[above - 1]) / (fitted[above] - fitted[above - 1]);
    int rank = steps.get(above - 1).rank;
    return OptionalDouble.of(rank + fraction * (steps.get(above).rank - rank));
  }

  /** Returns the index of the first fitted ratio of at least 1; the number of steps if none is. */
  private int firstAbove() {
    double[] fitted = fitted();
    int first = 0;
    while (first < fitted.length && fitted[first] < 1) {
      first++;
    }
    return first;
  }

  private double[] fitted() {
    return IsotonicRegression.fit(steps.stream().mapToDouble(CrossoverStep::ratio).toArray());
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("arithmetic", arithmetic());
    json.put("measured", measured().isPresent() ? (Double) measured().getAsDouble() : null);
    json.put("below", below().isPresent() ? (Integer) below().getAsInt() : null);
    json.put("above", above().isPresent() ? (Integer) above().getAsInt() : null);
    ArrayNode list = json.putArray("steps");
    for (CrossoverStep step : steps) {
      list.addObject()
          .put("rank", step.rank)
          .put("dense_seconds", step.dense)
          .put("factored_seconds", step.factored);
    }
    return json;
  }
}
