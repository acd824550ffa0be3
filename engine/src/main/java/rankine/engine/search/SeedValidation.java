package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import rankine.engine.stats.Holm;
import rankine.engine.stats.Score;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.EvaluationRecord;

/**
 * A candidate's validation result with one seed.
 *
 * @param pValue of its comparison with the unedited model; empty for that model itself
 * @param adjusted the p-value, Holm-corrected for all tests of the search: every candidate with
 *     every seed
 */
public record SeedValidation(
    long seed, Score score, OptionalDouble pValue, OptionalDouble adjusted) {

  /** The unedited model, seed by seed. */
  static List<SeedValidation> plain(List<Long> seeds, List<EvaluationRecord> plain) {
    List<SeedValidation> results = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      results.add(
          new SeedValidation(
              seeds.get(i), plain.get(i).score(), OptionalDouble.empty(), OptionalDouble.empty()));
    }
    return results;
  }

  /** Compares {@code variant} with {@code plain}, seed by seed; p-values are not corrected yet. */
  static List<SeedValidation> compared(
      List<Long> seeds, List<EvaluationRecord> variant, List<EvaluationRecord> plain) {
    List<SeedValidation> results = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      double p = EvaluationRecord.pValue(plain.get(i), variant.get(i), seeds.get(i));
      results.add(
          new SeedValidation(
              seeds.get(i), variant.get(i).score(), OptionalDouble.of(p), OptionalDouble.empty()));
    }
    return results;
  }

  /** Holm-corrects the p-values of all tests of a search together. */
  static List<List<SeedValidation>> corrected(List<List<SeedValidation>> candidates) {
    return Holm.corrected(
        candidates,
        SeedValidation::pValue,
        (s, p) -> new SeedValidation(s.seed, s.score, s.pValue, OptionalDouble.of(p)));
  }

  /** The accuracy, mean over seeds, or the perplexity. */
  public static double shown(List<SeedValidation> seeds) {
    return mean(
        seeds,
        s ->
            switch (s.score) {
              case TaskScore task -> task.accuracy();
              case TextScore text -> text.shown();
            });
  }

  /** The score that the choice uses, mean over seeds. */
  static double score(List<SeedValidation> seeds) {
    return mean(seeds, s -> s.score.value());
  }

  private static double mean(List<SeedValidation> seeds, ToDoubleFunction<SeedValidation> score) {
    return seeds.stream().mapToDouble(score).average().orElseThrow();
  }

  /**
   * Adds the results of one seed to {@code json}; for several seeds their means, and each in a
   * list.
   */
  static void addTo(ObjectNode json, List<SeedValidation> seeds) {
    if (seeds.size() == 1) {
      seeds.getFirst().addTo(json);
      return;
    }
    json.put("accuracy", shown(seeds));
    if (seeds.getFirst().score.metric() == Score.Metric.F1) {
      json.put("f1", score(seeds));
    }
    ArrayNode list = json.putArray("seeds");
    seeds.forEach(s -> s.addTo(list.addObject().put("seed", s.seed)));
  }

  private void addTo(ObjectNode json) {
    json.setAll(score.toJson());
    pValue.ifPresent(p -> json.put("p_value", p));
    adjusted.ifPresent(p -> json.put("p_value_holm", p));
  }
}
