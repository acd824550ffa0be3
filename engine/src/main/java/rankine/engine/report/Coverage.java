package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.TaskVersion;

/**
 * How much was tried: a reader who is shown the best of many must know of how many.
 *
 * @param rates with 0, the plain model; ascending
 * @param layers ascending
 * @param modules in the order of the grid
 * @param groups combinations of task, seed, layer and module
 * @param expected cells that the grids of all processes need, as far as that can be known now: the
 *     test cells of a group whose rate is not chosen yet are not among them
 * @param missing those of them that the folder lacks
 */
public record Coverage(
    List<TaskVersion> tasks,
    List<Long> seeds,
    List<Integer> layers,
    List<ModuleSelection> modules,
    List<PruningRate> rates,
    int groups,
    int expected,
    List<CellKey> missing) {

  /** Copies the lists. */
  public Coverage {
    tasks = List.copyOf(tasks);
    seeds = List.copyOf(seeds);
    layers = List.copyOf(layers);
    modules = List.copyOf(modules);
    rates = List.copyOf(rates);
    missing = List.copyOf(missing);
  }

  /** Whether every cell is there. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /** What was tried, and which cells are missing, by name. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode taskNames = json.putArray("tasks");
    tasks.forEach(task -> taskNames.add(task.toString()));
    ArrayNode seedList = json.putArray("seeds");
    seeds.forEach(seedList::add);
    ArrayNode layerList = json.putArray("layers");
    layers.forEach(layerList::add);
    ArrayNode moduleNames = json.putArray("modules");
    modules.forEach(m -> moduleNames.add(m.name()));
    ArrayNode rateList = json.putArray("rates");
    rates.forEach(rate -> rateList.add(rate.value()));
    json.put("groups", groups);
    json.put("cells_expected", expected);
    json.put("cells_missing", missing.size());
    ArrayNode lacking = json.putArray("missing");
    missing.forEach(cell -> lacking.add(cell.toString()));
    return json;
  }
}
