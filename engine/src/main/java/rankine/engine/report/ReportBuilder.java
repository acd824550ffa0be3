package rankine.engine.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Holm;
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
    Map<TaskVersion, List<GroupSummary>> byTask =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    summary -> summary.key().task(), LinkedHashMap::new, Collectors.toList()));
    List<List<Headline>> headlines =
        Headlines.corrected(
            byTask.entrySet().stream()
                .map(task -> Headlines.of(run, task.getKey(), task.getValue()))
                .toList());
    Coverage coverage = coverage(run, results);
    List<TaskResult> tasks = new ArrayList<>();
    for (TaskVersion task : byTask.keySet()) {
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
    List<CellKey> missing = run.missing();
    List<SearchKey> keys = results.stream().map(GroupResult::key).toList();
    List<LayerTarget> layers = keys.stream().flatMap(key -> of(key, LayerTarget.class)).toList();
    return new Coverage(
        distinct(keys, SearchKey::task),
        distinct(keys, SearchKey::seed),
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

  private static <T> List<T> distinct(List<SearchKey> keys, Function<SearchKey, T> axis) {
    return List.copyOf(
        keys.stream().map(axis).collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  private static List<SpectrumSummary> spectra(SweepRun run) {
    return run.spectra().values().stream()
        .sorted(Comparator.comparingInt(SpectrumLine::layer).thenComparing(SpectrumLine::module))
        .map(SpectrumSummary::of)
        .toList();
  }
}
