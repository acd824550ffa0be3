package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.stats.Score;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.TaskVersion;

/**
 * The results of one task, or of the texts.
 *
 * @param metric what its scores measure
 * @param headlines one per seed
 * @param seedsAlike whether two of several seeds have the same prompts, e.g. when no demonstration
 *     fits the context: then they are one measurement, without a spread
 * @param plainSpread the unedited model's test score over the seeds
 * @param changeSpread the headlines' change in score over the seeds
 * @param curves by split, then layer and module
 * @param effects by layer and module
 * @param groups by seed, then layer and module
 */
public record TaskResult(
    Benchmark benchmark,
    Score.Metric metric,
    List<Headline> headlines,
    boolean seedsAlike,
    Optional<SeedSpread> plainSpread,
    Optional<SeedSpread> changeSpread,
    List<RateCurve> curves,
    List<PruningEffect> effects,
    List<GroupSummary> groups) {

  /** Copies the lists. */
  public TaskResult {
    headlines = List.copyOf(headlines);
    curves = List.copyOf(curves);
    effects = List.copyOf(effects);
    groups = List.copyOf(groups);
  }

  /** The curves of one split. */
  public List<RateCurve> curves(EvaluationSplit split) {
    return curves.stream().filter(curve -> curve.split() == split).toList();
  }

  /** The name of the score: {@code accuracy}, {@code F1} or {@code perplexity}. */
  public String score() {
    return metric.label();
  }

  /** The whole result; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    benchmark.addTo(json);
    json.put("score", metric.name().toLowerCase(Locale.ROOT));
    json.put("seeds_alike", seedsAlike);
    ArrayNode headlineList = json.putArray("headlines");
    headlines.forEach(headline -> headlineList.add(headline.toJson()));
    if (benchmark instanceof TaskVersion) { // texts have no seeds
      plainSpread.ifPresent(spread -> json.set("plain_over_seeds", spread.toJson()));
      changeSpread.ifPresent(spread -> json.set("change_over_seeds", spread.toJson()));
    }
    ArrayNode curveList = json.putArray("curves");
    curves.forEach(curve -> curveList.add(curve.toJson()));
    ArrayNode effectList = json.putArray("effects");
    effects.forEach(effect -> effectList.add(effect.toJson(benchmark)));
    ArrayNode groupList = json.putArray("groups");
    groups.forEach(group -> groupList.add(group.toJson()));
    return json;
  }
}
