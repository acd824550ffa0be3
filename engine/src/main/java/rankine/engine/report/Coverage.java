package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TextPair;

/**
 * The search space of a run: a reader who sees the best of many candidates must know their number.
 *
 * @param seeds of the tasks
 * @param layers ascending
 * @param modules in the order of the grid
 * @param rates of layers and modules, ascending, with 0, the unedited model
 * @param methods for the whole model, in the order of the grid
 * @param ratios of the methods, ascending, with 0, the unedited model
 * @param groups number of search keys: combinations of a task and seed, or the texts, with a layer
 *     and module, or with a method
 * @param expected cells that the grids of all processes need, as far as known now: unless every
 *     rate is tested, without the test cells of groups whose rate is not chosen yet
 * @param missing expected cells that the folder lacks
 */
public record Coverage(
    List<TaskVersion> tasks,
    Optional<TextPair> texts,
    List<Long> seeds,
    List<Integer> layers,
    List<ModuleSelection> modules,
    List<PruningRate> rates,
    List<ModelTarget> methods,
    List<PruningRate> ratios,
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
    methods = List.copyOf(methods);
    ratios = List.copyOf(ratios);
    missing = List.copyOf(missing);
  }

  /** Returns whether every cell is finished. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /** The search space, and the missing cells by name. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode taskNames = json.putArray("tasks");
    tasks.forEach(task -> taskNames.add(task.toString()));
    texts.ifPresent(pair -> pair.addTo(json.putObject("texts")));
    ArrayNode seedList = json.putArray("seeds");
    seeds.forEach(seedList::add);
    ArrayNode layerList = json.putArray("layers");
    layers.forEach(layerList::add);
    ArrayNode moduleNames = json.putArray("modules");
    modules.forEach(m -> moduleNames.add(m.name()));
    ArrayNode rateList = json.putArray("rates");
    rates.forEach(rate -> rateList.add(rate.value()));
    if (!methods.isEmpty()) {
      ArrayNode methodNames = json.putArray("methods");
      methods.forEach(method -> methodNames.add(method.toString()));
      ArrayNode ratioList = json.putArray("ratios");
      ratios.forEach(ratio -> ratioList.add(ratio.value()));
    }
    json.put("groups", groups);
    json.put("cells_expected", expected);
    json.put("cells_missing", missing.size());
    ArrayNode missingCells = json.putArray("missing");
    missing.forEach(cell -> missingCells.add(cell.toString()));
    return json;
  }
}
