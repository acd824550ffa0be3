package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.stats.Holm;
import rankine.engine.stats.PairedComparison;

/**
 * A candidate's validation result with one seed.
 *
 * @param against its comparison with the unedited model; empty for the unedited model itself
 * @param adjusted McNemar's p-value of that comparison, Holm-corrected for all tests of the search:
 *     every candidate with every seed
 */
public record SeedValidation(
    long seed,
    EvaluationResult validation,
    Optional<PairedComparison> against,
    OptionalDouble adjusted) {

  /** The unedited model, seed by seed. */
  static List<SeedValidation> plain(VariantResults plain) {
    return plain.runs().stream()
        .map(
            result ->
                new SeedValidation(
                    result.seed(), result.run().result(), Optional.empty(), OptionalDouble.empty()))
        .toList();
  }

  /** Compares {@code variant} with {@code plain}, seed by seed; p-values are not corrected yet. */
  static List<SeedValidation> compared(VariantResults variant, VariantResults plain) {
    List<SeedValidation> seeds = new ArrayList<>();
    for (int i = 0; i < plain.runs().size(); i++) {
      SeedResult result = variant.runs().get(i);
      PairedComparison against = result.against(plain.runs().get(i));
      seeds.add(
          new SeedValidation(
              result.seed(), result.run().result(), Optional.of(against), OptionalDouble.empty()));
    }
    return seeds;
  }

  /** Holm-corrects the p-values of all tests of a search together. */
  static List<List<SeedValidation>> corrected(List<List<SeedValidation>> candidates) {
    return Holm.corrected(
        candidates,
        s -> s.against.stream().mapToDouble(c -> c.mcNemar().pValue()).findFirst(),
        SeedValidation::corrected);
  }

  private SeedValidation corrected(double pValue) {
    return new SeedValidation(seed, validation, against, OptionalDouble.of(pValue));
  }

  /** The mean accuracy over seeds. */
  static double accuracy(List<SeedValidation> seeds) {
    return mean(seeds, s -> s.validation.accuracy());
  }

  /**
   * The score that the choice uses, mean over seeds: F1 for a task with free-form answers, else
   * accuracy.
   */
  static double score(List<SeedValidation> seeds) {
    return mean(seeds, s -> s.validation.score().value());
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
    json.put("accuracy", accuracy(seeds));
    if (seeds.getFirst().validation.counts().f1().isPresent()) {
      json.put("f1", score(seeds));
    }
    ArrayNode list = json.putArray("seeds");
    seeds.forEach(s -> s.addTo(list.addObject().put("seed", s.seed)));
  }

  private void addTo(ObjectNode json) {
    json.setAll(validation.score().toJson());
    against.ifPresent(a -> json.put("p_value", a.mcNemar().pValue()));
    adjusted.ifPresent(p -> json.put("p_value_holm", p));
  }
}
