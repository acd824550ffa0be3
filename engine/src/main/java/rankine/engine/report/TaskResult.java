package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Score;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.EvaluationRecord;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.SweepRun;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TestCells;
import rankine.engine.sweep.TextPair;

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

  /**
   * Collects the results of a run.
   *
   * @param headlines of the task
   * @param groups of the task
   */
  static TaskResult of(
      SweepRun run, Benchmark task, List<Headline> headlines, List<GroupSummary> groups) {
    Map<EditTarget, List<GroupSummary>> byTarget =
        groups.stream()
            .sorted(Comparator.comparingInt(group -> layer(group.key().target())))
            .collect(
                Collectors.groupingBy(
                    group -> group.key().target(), LinkedHashMap::new, Collectors.toList()));
    List<RateCurve> curves = new ArrayList<>(curves(run, byTarget, EvaluationSplit.VALIDATION));
    if (run.identity().test() == TestCells.ALL) {
      curves.addAll(curves(run, byTarget, EvaluationSplit.TEST));
    }
    boolean alike = seedsAlike(run, task);
    return new TaskResult(
        task,
        metric(run, task),
        headlines,
        alike,
        alike
            ? Optional.empty()
            : spread(
                headlines.stream()
                    .flatMap(headline -> headline.plain().stream())
                    .mapToDouble(Score::value)),
        alike
            ? Optional.empty()
            : spread(headlines.stream().flatMapToDouble(headline -> headline.change().stream())),
        curves,
        byTarget.entrySet().stream()
            .map(target -> PruningEffect.of(target.getKey(), target.getValue(), alike))
            .toList(),
        groups);
  }

  /** Layers in ascending order, the whole model last. */
  private static int layer(EditTarget target) {
    return switch (target) {
      case LayerTarget layer -> layer.layer();
      case ModelTarget _ -> Integer.MAX_VALUE;
    };
  }

  private static SortedSet<PruningRate> rates(List<GroupSummary> groups) {
    return groups.stream()
        .flatMap(group -> group.result().rates().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Accuracy until a cell says otherwise. */
  private static Score.Metric metric(SweepRun run, Benchmark task) {
    return switch (task) {
      case TextPair _ -> Score.Metric.PERPLEXITY;
      case TaskVersion _ ->
          run.cells().values().stream()
              .filter(cell -> cell.key().benchmark().equals(task))
              .map(cell -> cell.score().metric())
              .findFirst()
              .orElse(Score.Metric.ACCURACY);
    };
  }

  private static boolean seedsAlike(SweepRun run, Benchmark task) {
    List<EvaluationRecord> plain =
        run.plain(EvaluationSplit.TEST).stream()
            .filter(cell -> cell.key().benchmark().equals(task))
            .map(Cell::evaluation)
            .toList();
    return plain.stream().anyMatch(a -> plain.stream().filter(a::hasSamePrompts).count() > 1);
  }

  private static Optional<SeedSpread> spread(DoubleStream values) {
    double[] all = values.toArray();
    return all.length == 0 ? Optional.empty() : Optional.of(SeedSpread.of(all));
  }

  private static List<RateCurve> curves(
      SweepRun run, Map<EditTarget, List<GroupSummary>> targets, EvaluationSplit split) {
    List<RateCurve> curves = new ArrayList<>();
    targets.forEach(
        (target, seeds) -> {
          List<RateCurve.Point> points = new ArrayList<>();
          for (PruningRate rate : rates(seeds)) {
            List<Score> scores = scores(run, seeds, rate, split);
            if (!scores.isEmpty()) {
              points.add(RateCurve.Point.of(rate, scores));
            }
          }
          if (!points.isEmpty()) {
            curves.add(new RateCurve(target, split, points));
          }
        });
    return curves;
  }

  private static List<Score> scores(
      SweepRun run, List<GroupSummary> seeds, PruningRate rate, EvaluationSplit split) {
    List<Score> scores = new ArrayList<>();
    for (GroupSummary seed : seeds) {
      Cell cell = run.cells().get(seed.key().cell(rate, split));
      if (cell != null) {
        scores.add(cell.score());
      }
    }
    return scores;
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
