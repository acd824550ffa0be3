package rankine.engine.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Holm;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.GroupResult;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.SearchKey;
import rankine.engine.sweep.SpectrumLine;
import rankine.engine.sweep.SweepRun;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TextPair;

/**
 * Computes a report from a run: every number of the page comes from here, or from the run itself.
 */
public final class ReportBuilder {
  private ReportBuilder() {}

  /** Computes the report of a run, complete or not. */
  public static Report of(SweepRun run) {
    List<GroupResult> results = run.results();
    List<GroupSummary> groups =
        Holm.corrected(
                List.of(results.parallelStream().map(GroupSummary::of).toList()),
                GroupSummary::pValue,
                GroupSummary::withAdjusted)
            .getFirst();
    Map<Benchmark, List<GroupSummary>> byTask =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    summary -> summary.key().benchmark(), LinkedHashMap::new, Collectors.toList()));
    List<List<Headline>> headlines =
        Headlines.corrected(
            byTask.entrySet().stream()
                .map(task -> Headlines.of(run, task.getKey(), task.getValue()))
                .toList());
    Coverage coverage = coverage(run, results);
    List<TaskResult> tasks = new ArrayList<>();
    for (Benchmark task : byTask.keySet()) {
      tasks.add(TaskResults.of(run, task, headlines.get(tasks.size()), byTask.get(task)));
    }
    return new Report(
        run.folder().toString(),
        run.identity(),
        run.starts(),
        coverage,
        tasks,
        (int)
            headlines.stream().flatMap(List::stream).filter(h -> h.adjusted().isPresent()).count(),
        (int) groups.stream().filter(g -> g.pValue().isPresent()).count(),
        spectra(run));
  }

  private static Coverage coverage(SweepRun run, List<GroupResult> results) {
    List<CellKey> missing =
        results.stream().flatMap(result -> result.missing().stream()).distinct().toList();
    List<SearchKey> keys = results.stream().map(GroupResult::key).toList();
    List<Benchmark> benchmarks = keys.stream().map(SearchKey::benchmark).distinct().toList();
    List<LayerTarget> layers = keys.stream().flatMap(key -> of(key, LayerTarget.class)).toList();
    return new Coverage(
        benchmarks.stream()
            .filter(TaskVersion.class::isInstance)
            .map(TaskVersion.class::cast)
            .toList(),
        benchmarks.stream()
            .filter(TextPair.class::isInstance)
            .map(TextPair.class::cast)
            .findFirst(),
        keys.stream()
            .filter(key -> key.benchmark() instanceof TaskVersion)
            .map(SearchKey::seed)
            .distinct()
            .toList(),
        layers.stream().map(LayerTarget::layer).distinct().sorted().toList(),
        layers.stream().map(LayerTarget::modules).distinct().toList(),
        rates(results, LayerTarget.class),
        keys.stream().flatMap(key -> of(key, ModelTarget.class)).distinct().toList(),
        rates(results, ModelTarget.class),
        keys.size(),
        run.cells().size() + missing.size(),
        missing);
  }

  /** The key's target, if it is of that kind. */
  private static <T extends EditTarget> Stream<T> of(SearchKey key, Class<T> kind) {
    return Stream.of(key.target()).filter(kind::isInstance).map(kind::cast);
  }

  /** The candidates of all targets of one kind, ascending. */
  private static List<PruningRate> rates(
      List<GroupResult> results, Class<? extends EditTarget> kind) {
    return results.stream()
        .filter(result -> kind.isInstance(result.key().target()))
        .flatMap(result -> result.rates().stream())
        .distinct()
        .sorted()
        .toList();
  }

  private static List<SpectrumSummary> spectra(SweepRun run) {
    return run.spectra().values().stream()
        .sorted(Comparator.comparingInt(SpectrumLine::layer).thenComparing(SpectrumLine::module))
        .map(SpectrumSummary::of)
        .toList();
  }
}
