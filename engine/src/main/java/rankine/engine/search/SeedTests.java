package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import rankine.engine.stats.RunComparison;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.EvaluationRecord;
import rankine.engine.sweep.TextRecord;

/**
 * The chosen edits against the unedited model on the test split: a paired test per seed, and the
 * spread of scores over seeds. Seeds share most of their examples, so no test pools them.
 *
 * @param seeds at least one
 */
public record SeedTests(List<SeedTest> seeds) {
  /** Copies the list. */
  public SeedTests {
    seeds = List.copyOf(seeds);
  }

  /**
   * Test results for one seed of the demonstrations.
   *
   * @param plain the unedited model
   * @param pruned the model with the chosen edits
   * @param comparison pruned against plain, pair by pair
   */
  public record SeedTest(
      long seed, EvaluationRecord plain, EvaluationRecord pruned, RunComparison comparison) {

    private void addTo(ObjectNode json) {
      ObjectNode test = json.putObject("test");
      test.set("plain", plain.result());
      test.set("pruned", pruned.result());
      test.set("comparison", comparison.toJson());
      json.set("manifest", pruned.manifest());
    }
  }

  /** Compares {@code pruned} with {@code plain}, both on the test split, seed by seed. */
  static SeedTests of(
      List<Long> seeds, List<EvaluationRecord> plain, List<EvaluationRecord> pruned) {
    List<SeedTest> tests = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      EvaluationRecord without = plain.get(i);
      EvaluationRecord with = pruned.get(i);
      long seed = seeds.get(i);
      RunComparison comparison = EvaluationRecord.compared(without, with, seed);
      tests.add(new SeedTest(seed, without, with, comparison));
    }
    return new SeedTests(tests);
  }

  /** The unedited model's {@link rankine.engine.stats.Score#value}. */
  public SeedSpread plain() {
    return spread(seed -> seed.plain.score().value());
  }

  /** The same of the pruned model. */
  public SeedSpread pruned() {
    return spread(seed -> seed.pruned.score().value());
  }

  /** The pruned model's value minus the unedited model's, seed by seed. */
  public SeedSpread difference() {
    return spread(seed -> seed.pruned.score().value() - seed.plain.score().value());
  }

  private SeedSpread spread(ToDoubleFunction<SeedTest> score) {
    SeedSpread spread = SeedSpread.of(seeds.stream().mapToDouble(score).toArray());
    return seedsAlike() ? spread.alike() : spread;
  }

  /** Whether two seeds have the same prompts, e.g. without demonstrations: one measurement. */
  private boolean seedsAlike() {
    return seeds.stream()
        .anyMatch(a -> seeds.stream().filter(b -> a.plain.hasSamePrompts(b.plain)).count() > 1);
  }

  /**
   * Adds {@code seeds}, an object for each with {@code test} and {@code manifest}, and {@code
   * spread}; with a single seed, adds {@code test} and {@code manifest} to {@code json} itself too.
   * Texts have no seeds: only those two are added.
   */
  void addTo(ObjectNode json) {
    if (seeds.getFirst().plain instanceof TextRecord) {
      seeds.getFirst().addTo(json);
      return;
    }
    ArrayNode list = json.putArray("seeds");
    for (SeedTest seed : seeds) {
      seed.addTo(list.addObject().put("seed", seed.seed));
    }
    ObjectNode spread = JsonNodeFactory.instance.objectNode();
    spread.set("plain", plain().toJson());
    spread.set("pruned", pruned().toJson());
    spread.set("difference", difference().toJson());
    json.set("spread", spread);
    if (seeds.size() == 1) {
      seeds.getFirst().addTo(json);
    }
  }
}
