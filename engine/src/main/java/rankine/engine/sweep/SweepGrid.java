package rankine.engine.sweep;

import static rankine.common.JsonKind.LONG;
import static rankine.common.JsonKind.STRING;
import static rankine.common.JsonKind.integer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.common.JsonObject;
import rankine.common.RunException;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.search.CandidateRates;

/**
 * Everything that is to be evaluated: each rate of each group of a task, a seed, a layer and a
 * module.
 *
 * @param seeds of the demonstrations
 * @param layers from 0; {@link rankine.engine.edit.Edit#EVERY_LAYER} prunes all at once
 * @param rates ascending; 0, the plain model, is always one
 */
public record SweepGrid(
    List<TaskVersion> tasks,
    List<Long> seeds,
    List<Integer> layers,
    List<ModuleSelection> modules,
    List<PruningRate> rates) {

  /** Sorts the rates, adds 0, and refuses what is empty or stands twice. */
  public SweepGrid {
    tasks = each("tasks", tasks);
    seeds = each("seeds", seeds);
    layers = each("layers", layers);
    modules = each("modules", modules);
    rates = CandidateRates.withZero(rates);
    layers.forEach(layer -> new EditTarget(layer, ModuleSelection.of("all"))); // checks the layer
  }

  private static <T> List<T> each(String what, List<T> values) {
    if (values.isEmpty()) {
      throw new RunException(what + ": expected at least one, found none");
    }
    Set<T> seen = new HashSet<>();
    for (T value : values) {
      if (!seen.add(value)) {
        String found = value instanceof ModuleSelection m ? m.name() : value.toString();
        throw new RunException(what + ": expected each once, found " + found + " twice");
      }
    }
    return List.copyOf(values);
  }

  /**
   * All groups in canonical order: by task, then seed, layer and module, each in the order given.
   * Shards count them in this order.
   */
  public List<SearchKey> groups() {
    List<SearchKey> groups = new ArrayList<>();
    for (TaskVersion task : tasks) {
      for (long seed : seeds) {
        for (int layer : layers) {
          for (ModuleSelection m : modules) {
            groups.add(new SearchKey(task, seed, new EditTarget(layer, m)));
          }
        }
      }
    }
    return groups;
  }

  static SweepGrid of(JsonObject json) {
    SweepGrid grid =
        new SweepGrid(
            json.list("tasks", STRING).stream().map(TaskVersion::parse).toList(),
            json.list("seeds", LONG),
            json.list("layers", integer(-1, Integer.MAX_VALUE)),
            json.list("modules", Kinds.MODULES),
            json.list("rates", Kinds.RATE));
    json.done();
    return grid;
  }

  /** The axes under their names. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode names = json.putArray("tasks");
    tasks.forEach(task -> names.add(task.toString()));
    ArrayNode numbers = json.putArray("seeds");
    seeds.forEach(numbers::add);
    ArrayNode places = json.putArray("layers");
    layers.forEach(places::add);
    ArrayNode matrices = json.putArray("modules");
    modules.forEach(m -> matrices.add(m.name()));
    ArrayNode fractions = json.putArray("rates");
    rates.forEach(rate -> fractions.add(rate.value()));
    return json;
  }
}
