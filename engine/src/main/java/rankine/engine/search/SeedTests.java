package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.run.EvaluationRun;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.SeedSpread;

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
   * @param comparison pruned against plain, example by example
   */
  public record SeedTest(
      long seed, EvaluationRun plain, EvaluationRun pruned, PairedComparison comparison) {

    private void addTo(ObjectNode json) {
      ObjectNode test = json.putObject("test");
      test.set("plain", plain.result().toJson());
      test.set("pruned", pruned.result().toJson());
      test.set("comparison", comparison.toJson());
      json.set("manifest", pruned.manifest());
    }
  }

  /**
   * Evaluates the test split.
   *
   * @param name of the chosen edits, for display
   * @param chosen empty for the unedited model
   */
  static SeedTests of(VariantRunner variants, String name, List<Edit> chosen) {
    VariantResults plain = variants.evaluate("plain", List.of(), EvaluationSplit.TEST);
    VariantResults pruned =
        chosen.isEmpty() ? plain : variants.evaluate(name, chosen, EvaluationSplit.TEST);
    List<SeedTest> seeds = new ArrayList<>();
    for (int i = 0; i < plain.runs().size(); i++) {
      SeedResult without = plain.runs().get(i);
      SeedResult with = pruned.runs().get(i);
      seeds.add(new SeedTest(without.seed(), without.run(), with.run(), with.against(without)));
    }
    return new SeedTests(seeds);
  }

  /** The score of the unedited model: accuracy, or F1 for a task with free-form answers. */
  public SeedSpread plain() {
    return spread(seed -> seed.plain.score());
  }

  /** The score of the pruned model. */
  public SeedSpread pruned() {
    return spread(seed -> seed.pruned.score());
  }

  /** The pruned model's score minus the unedited model's, seed by seed. */
  public SeedSpread difference() {
    return spread(seed -> seed.pruned.score() - seed.plain.score());
  }

  private SeedSpread spread(ToDoubleFunction<SeedTest> score) {
    return SeedSpread.of(seeds.stream().mapToDouble(score).toArray());
  }

  /**
   * Adds {@code seeds}, an object for each with {@code test} and {@code manifest}, and {@code
   * spread}; with a single seed, adds {@code test} and {@code manifest} to {@code json} itself too.
   */
  void addTo(ObjectNode json) {
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
