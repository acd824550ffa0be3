package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.BestCandidates;
import rankine.engine.stats.Holm;
import rankine.engine.stats.Score;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;

/**
 * How a search chooses one of its rates from their validation results.
 *
 * <p>A rate is significantly worse than another if, with any seed, it is lower in what the paired
 * test compares (accuracy, also where the score is F1, or the log-likelihood of a text) and the
 * Holm-corrected p-value is at most {@value #LEVEL}. That a rate is not significantly worse does
 * not show that it is as good: few examples show few differences.
 */
public enum RateRule {
  /** The highest score, mean over seeds; of tied rates the smallest. Algorithm 1. */
  BEST,
  /**
   * The smallest rate that is not significantly worse than that of {@link #BEST}: the mildest edit,
   * or none, where a stronger one has no certain advantage. The p-values are those of all other
   * candidates up to its rate against the best, with every seed.
   */
  SMALLEST,
  /**
   * The largest rate that is not significantly worse than the unedited model: the most compression
   * without a loss that shows. The p-values are those of all candidates against that model, with
   * every seed.
   */
  LARGEST_NOT_WORSE;

  /** The significance level. */
  public static final double LEVEL = 0.05;

  /** The name on the command line and in JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The {@link #label}, by which a command line finds the rule. */
  @Override
  public String toString() {
    return label();
  }

  /**
   * Chooses a candidate; of several with the chosen rate the one with the highest score.
   *
   * @param seeds of the demonstrations; for texts 0 alone
   * @param rates of the candidates, ascending; the first is 0
   * @param validation the evaluations of each candidate, one per seed
   * @return its index
   */
  int choose(List<Long> seeds, List<PruningRate> rates, List<List<EvaluationRecord>> validation) {
    int best = best(validation).getFirst();
    return switch (this) {
      case BEST -> best;
      case SMALLEST -> {
        int end = rates.lastIndexOf(rates.get(best)) + 1;
        List<Integer> left = notWorse(seeds, validation.subList(0, end), best);
        yield bestOf(left, rates.get(left.getFirst()), rates, validation);
      }
      case LARGEST_NOT_WORSE -> {
        List<Integer> left = notWorse(seeds, validation, 0);
        yield bestOf(left, rates.get(left.getLast()), rates, validation);
      }
    };
  }

  /** Returns the candidate with the highest score among those of {@code left} with that rate. */
  private static int bestOf(
      List<Integer> left,
      PruningRate rate,
      List<PruningRate> rates,
      List<List<EvaluationRecord>> validation) {
    List<Integer> same = left.stream().filter(i -> rates.get(i).equals(rate)).toList();
    return same.get(best(same.stream().map(validation::get).toList()).getFirst());
  }

  /** Returns the indices of the candidates with the highest mean score over seeds, ascending. */
  static List<Integer> best(List<List<EvaluationRecord>> validation) {
    return BestCandidates.best(
        validation.stream()
            .mapToDouble(
                seeds ->
                    seeds.stream()
                        .mapToDouble(evaluation -> evaluation.score().value())
                        .average()
                        .orElseThrow())
            .toArray());
  }

  /** A paired test of a candidate against the reference, with one seed. */
  private record CandidateTest(int candidate, boolean lower, double pValue) {}

  /**
   * Returns the candidates that are not significantly worse than {@code reference}, which is one of
   * them, ascending.
   */
  private static List<Integer> notWorse(
      List<Long> seeds, List<List<EvaluationRecord>> validation, int reference) {
    List<CandidateTest> tests = new ArrayList<>();
    for (int c = 0; c < validation.size(); c++) {
      for (int i = 0; i < seeds.size() && c != reference; i++) {
        EvaluationRecord plain = validation.get(reference).get(i);
        EvaluationRecord variant = validation.get(c).get(i);
        tests.add(
            new CandidateTest(
                c,
                tested(variant.score()) < tested(plain.score()),
                EvaluationRecord.pValue(plain, variant, seeds.get(i))));
      }
    }
    double[] adjusted = Holm.adjust(tests.stream().mapToDouble(CandidateTest::pValue).toArray());
    Set<Integer> worse = new HashSet<>();
    for (int i = 0; i < adjusted.length; i++) {
      if (tests.get(i).lower && adjusted[i] <= LEVEL) {
        worse.add(tests.get(i).candidate);
      }
    }
    return IntStream.range(0, validation.size()).filter(c -> !worse.contains(c)).boxed().toList();
  }

  /** What the paired test compares: McNemar's is of accuracy, also where the score is F1. */
  private static double tested(Score score) {
    return switch (score) {
      case TaskScore task -> task.accuracy();
      case TextScore text -> text.value();
    };
  }
}
