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
 * The rank at which two thin products of factors take as long as one product with the matrix [m,
 * n]. Ranks are measured on a ladder over the whole shorter side, then on one between the two rungs
 * where the times cross. Time grows with the rank, so of noisy ratios the nearest sequence that
 * never falls decides ({@link IsotonicRegression}); one odd measurement does not.
 *
 * @param m rows of the matrix
 * @param n its columns
 * @param steps all ranks that were measured, each once, ascending
 */
public record Crossover(int m, int n, List<CrossoverStep> steps) {
  private static final int RUNGS = 8;

  /**
   * One rank.
   *
   * @param dense seconds of the matrix, median
   * @param factored seconds of both thin products, median, taken in turn with it
   */
  public record CrossoverStep(int rank, double dense, double factored) {
    /** Above 1 the matrix is faster. */
    double ratio() {
      return factored / dense;
    }
  }

  /** Sorts the steps. */
  public Crossover {
    steps = steps.stream().sorted(Comparator.comparingInt(CrossoverStep::rank)).toList();
  }

  /**
   * Finds it.
   *
   * @param measure measures some ranks and the matrix in turn
   */
  static Crossover find(int m, int n, Function<List<Integer>, List<CrossoverStep>> measure) {
    int most = Math.min(m, n);
    Crossover coarse = new Crossover(m, n, measure.apply(ladder(1, most)));
    if (coarse.measured().isEmpty()) {
      return coarse;
    }
    List<Integer> between =
        new ArrayList<>(ladder(coarse.below().orElseThrow(), coarse.above().orElseThrow()));
    between.removeAll(coarse.steps.stream().map(CrossoverStep::rank).toList());
    if (between.isEmpty()) {
      return coarse;
    }
    List<CrossoverStep> all = new ArrayList<>(coarse.steps);
    all.addAll(measure.apply(between));
    return new Crossover(m, n, all);
  }

  /** Whole numbers at even distances, both ends among them. */
  private static List<Integer> ladder(int from, int to) {
    List<Integer> ranks = new ArrayList<>();
    for (int rung = 0; rung <= RUNGS; rung++) {
      ranks.add((int) (from + (long) rung * (to - from) / RUNGS));
    }
    return ranks.stream().distinct().toList();
  }

  /** {@code m n / (m + n)}: where both hold as many numbers and do as many operations. */
  public double arithmetic() {
    return (double) m * n / ((double) m + n);
  }

  /** The highest rank measured below the crossover; absent if the matrix was faster at all. */
  public OptionalInt below() {
    int above = firstAbove();
    return above == 0 ? OptionalInt.empty() : OptionalInt.of(steps.get(above - 1).rank);
  }

  /** The lowest rank measured above it; absent if the factors were faster at all. */
  public OptionalInt above() {
    int above = firstAbove();
    return above == steps.size() ? OptionalInt.empty() : OptionalInt.of(steps.get(above).rank);
  }

  /** Between {@link #below} and {@link #above}, linear in the fitted ratio; absent without both. */
  public OptionalDouble measured() {
    int above = firstAbove();
    if (above == 0 || above == steps.size()) {
      return OptionalDouble.empty();
    }
    double[] fitted = fitted();
    double place = (1 - fitted[above - 1]) / (fitted[above] - fitted[above - 1]);
    int rank = steps.get(above - 1).rank;
    return OptionalDouble.of(rank + place * (steps.get(above).rank - rank));
  }

  /** The first step whose fitted ratio is 1 or more; as many as there are steps if none is. */
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
