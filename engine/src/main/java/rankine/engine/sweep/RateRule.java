package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;
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
   * or none, where a stronger one has no certain advantage. The p-values are those of all smaller
   * rates against the best, with every seed.
   */
  SMALLEST,
  /**
   * The largest rate that is not significantly worse than the unedited model: the most compression
   * without a loss that shows. The p-values are those of all rates against that model, with every
   * seed.
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
   * Chooses a rate.
   *
   * @param seeds of the demonstrations; for texts 0 alone
   * @param validation the evaluations of each rate, one per seed; the first rate is 0
   */
  PruningRate choose(
      List<Long> seeds, NavigableMap<PruningRate, List<EvaluationRecord>> validation) {
    PruningRate best = best(validation).getFirst();
    return switch (this) {
      case BEST -> best;
      case SMALLEST -> notWorse(seeds, validation.headMap(best, true), best).first();
      case LARGEST_NOT_WORSE -> notWorse(seeds, validation, validation.firstKey()).last();
    };
  }

  /** Returns the rates with the highest mean score over seeds, ascending. */
  static List<PruningRate> best(NavigableMap<PruningRate, List<EvaluationRecord>> validation) {
    double[] scores =
        validation.values().stream()
            .mapToDouble(
                seeds ->
                    seeds.stream()
                        .mapToDouble(evaluation -> evaluation.score().value())
                        .average()
                        .orElseThrow())
            .toArray();
    List<PruningRate> rates = List.copyOf(validation.keySet());
    return BestCandidates.best(scores).stream().map(rates::get).toList();
  }

  /** A paired test of a rate against the reference, with one seed. */
  private record RateTest(PruningRate rate, boolean lower, double pValue) {}

  /** The rates that are not significantly worse than {@code reference}, which is one of them. */
  private static NavigableSet<PruningRate> notWorse(
      List<Long> seeds,
      NavigableMap<PruningRate, List<EvaluationRecord>> validation,
      PruningRate reference) {
    List<EvaluationRecord> baseline = validation.get(reference);
    List<RateTest> tests = new ArrayList<>();
    validation.forEach(
        (rate, evaluations) -> {
          for (int i = 0; i < seeds.size() && !rate.equals(reference); i++) {
            EvaluationRecord plain = baseline.get(i);
            EvaluationRecord variant = evaluations.get(i);
            tests.add(
                new RateTest(
                    rate,
                    tested(variant.score()) < tested(plain.score()),
                    EvaluationRecord.pValue(plain, variant, seeds.get(i))));
          }
        });
    double[] adjusted = Holm.adjust(tests.stream().mapToDouble(RateTest::pValue).toArray());
    NavigableSet<PruningRate> notWorse = new TreeSet<>(validation.keySet());
    for (int i = 0; i < adjusted.length; i++) {
      if (tests.get(i).lower && adjusted[i] <= LEVEL) {
        notWorse.remove(tests.get(i).rate);
      }
    }
    return notWorse;
  }

  /** What the paired test compares: McNemar's is of accuracy, also where the score is F1. */
  private static double tested(Score score) {
    return switch (score) {
      case TaskScore task -> task.accuracy();
      case TextScore text -> text.value();
    };
  }
}
