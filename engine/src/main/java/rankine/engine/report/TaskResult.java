package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.TaskVersion;

/**
 * All that the run says of one task.
 *
 * @param answers whether it asks for answers, whose score is F1; else accuracy
 * @param headlines one a seed
 * @param seedsAlike whether there are several seeds and two of them ask the same prompts, as where
 *     no demonstration fits the context: then they are one measurement, and have no spread
 * @param plainSpread the plain model's test score over the seeds
 * @param changeSpread the headlines' change in score over the seeds
 * @param curves by part, then place
 * @param effects by place
 * @param groups by seed, then place
 */
public record TaskResult(
    TaskVersion task,
    boolean answers,
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

  /** The curves of one part. */
  public List<RateCurve> curves(EvaluationSplit part) {
    return curves.stream().filter(curve -> curve.part() == part).toList();
  }

  /** The name of the score: {@code accuracy} or {@code F1}. */
  public String score() {
    return answers ? "F1" : "accuracy";
  }

  /** The whole result, keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", task.name()).put("version", task.version());
    json.put("score", answers ? "f1" : "accuracy");
    json.put("seeds_alike", seedsAlike);
    ArrayNode heads = json.putArray("headlines");
    headlines.forEach(headline -> heads.add(headline.toJson()));
    plainSpread.ifPresent(spread -> json.set("plain_over_seeds", spread.toJson()));
    changeSpread.ifPresent(spread -> json.set("change_over_seeds", spread.toJson()));
    ArrayNode lines = json.putArray("curves");
    curves.forEach(curve -> lines.add(curve.toJson()));
    ArrayNode places = json.putArray("effects");
    effects.forEach(effect -> places.add(effect.toJson()));
    ArrayNode all = json.putArray("groups");
    groups.forEach(group -> all.add(group.toJson()));
    return json;
  }
}
