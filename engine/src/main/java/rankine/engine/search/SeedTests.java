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
 * The chosen edits on the test part against the untouched model: a paired test for each seed, and
 * how the figures vary over seeds. The seeds share most of their examples, so no test pools them.
 *
 * @param seeds at least one
 */
public record SeedTests(List<SeedTest> seeds) {
  /** Copies the list. */
  public SeedTests {
    seeds = List.copyOf(seeds);
  }

  /**
   * One choice of demonstrations.
   *
   * @param plain the untouched model
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
   * Runs the test part.
   *
   * @param name of the chosen edits, for people
   * @param chosen none is the untouched model
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

  /** The score of the untouched model: accuracy, or F1 in a task with answers. */
  public SeedSpread plain() {
    return spread(seed -> seed.plain.score());
  }

  /** The score of the pruned model. */
  public SeedSpread pruned() {
    return spread(seed -> seed.pruned.score());
  }

  /** The pruned model's score minus the untouched one's, seed by seed. */
  public SeedSpread difference() {
    return spread(seed -> seed.pruned.score() - seed.plain.score());
  }

  private SeedSpread spread(ToDoubleFunction<SeedTest> figure) {
    return SeedSpread.of(seeds.stream().mapToDouble(figure).toArray());
  }

  /**
   * Adds {@code seeds}, an object for each with {@code test} and {@code manifest}, and {@code
   * spread}; of a single seed {@code test} and {@code manifest} also stand in {@code json} itself.
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
