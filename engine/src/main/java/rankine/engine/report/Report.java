package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import rankine.engine.run.Versions;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.GroupResult;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.ShardStart;
import rankine.engine.sweep.SpectrumLine;
import rankine.engine.sweep.SweepRun;

/**
 * The numbers of a run: the page shows them and {@code --format json} prints them. Every one comes
 * from here, or from the run itself.
 *
 * @param folder the run folder, as given
 * @param identity common to all processes of the run: {@code run.json}
 * @param processes that wrote the folder, each with its grid and machine
 * @param headlineTests number of headlines with a p-value: the family for Holm's correction
 * @param groupTests number of groups with a p-value
 * @param spectra by layer and matrix; empty if the run computed no exact decomposition
 */
public record Report(
    String folder,
    RunIdentity identity,
    List<ShardStart> processes,
    Coverage coverage,
    List<TaskResult> tasks,
    int headlineTests,
    int groupTests,
    List<SpectrumSummary> spectra) {

  /** Copies the lists. */
  public Report {
    processes = List.copyOf(processes);
    tasks = List.copyOf(tasks);
    spectra = List.copyOf(spectra);
  }

  /** Computes the report of a run, complete or not. */
  public static Report of(SweepRun run) {
    List<GroupResult> results = run.results();
    List<GroupSummary> groups = GroupSummary.corrected(results);
    Map<Benchmark, List<GroupSummary>> byTask =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    summary -> summary.key().benchmark(), LinkedHashMap::new, Collectors.toList()));
    List<List<Headline>> headlines =
        Headline.corrected(
            byTask.entrySet().stream()
                .map(task -> Headline.of(run, task.getKey(), task.getValue()))
                .toList());

    List<TaskResult> tasks = new ArrayList<>();
    for (Benchmark task : byTask.keySet()) {
      tasks.add(TaskResult.of(run, task, headlines.get(tasks.size()), byTask.get(task)));
    }
    return new Report(
        run.folder().toString(),
        run.identity(),
        run.starts(),
        Coverage.of(run, results),
        tasks,
        (int)
            headlines.stream().flatMap(List::stream).filter(h -> h.adjusted().isPresent()).count(),
        (int) groups.stream().filter(g -> g.pValue().isPresent()).count(),
        spectra(run));
  }

  private static List<SpectrumSummary> spectra(SweepRun run) {
    return run.spectra().values().stream()
        .sorted(Comparator.comparingInt(SpectrumLine::layer).thenComparing(SpectrumLine::module))
        .map(SpectrumSummary::of)
        .toList();
  }

  /** All numbers; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rankine", Versions.RANKINE);
    json.put("complete", coverage.complete());
    json.set("tried", coverage.toJson());
    ArrayNode results = json.putArray("tasks");
    tasks.forEach(task -> results.add(task.toJson()));
    json.put("headline_tests", headlineTests).put("group_tests", groupTests);
    ArrayNode matrices = json.putArray("spectra");
    spectra.forEach(spectrum -> matrices.add(spectrum.toJson()));
    json.set("run", identity.toJson());
    ArrayNode started = json.putArray("processes");
    processes.forEach(process -> started.add(json(process)));
    return json;
  }

  private static ObjectNode json(ShardStart process) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("shard", process.shard().toString()).put("started", process.started());
    json.set("grid", process.grid().toJson());
    json.set("manifest", process.manifest());
    return json;
  }
}
