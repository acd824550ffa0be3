package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.run.Versions;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.ShardStart;

/**
 * The numbers of a run: the page shows them and {@code --format json} prints them.
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
