package rankine.engine.sweep;

import static rankine.common.io.JsonKind.LONG;
import static rankine.common.io.JsonKind.STRING;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import rankine.common.RunException;
import rankine.common.io.JsonObject;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/**
 * The evaluations of a sweep: for each task and seed, and for a pair of texts, each rate of each
 * layer and module, and each ratio of each method for the whole model. Of each two, one may be left
 * out.
 *
 * @param texts to choose on and to test on
 * @param seeds of the demonstrations
 * @param layers from 0; {@link rankine.engine.edit.Edit#EVERY_LAYER} prunes all at once
 * @param rates of layers and modules, ascending, with 0, the unedited model
 * @param methods for the whole model
 * @param ratios of the methods, ascending, with 0, the unedited model
 */
public record SweepGrid(
    List<TaskVersion> tasks,
    Optional<TextPair> texts,
    List<Long> seeds,
    List<Integer> layers,
    List<ModuleSelection> modules,
    List<PruningRate> rates,
    List<ModelTarget> methods,
    List<PruningRate> ratios) {

  /**
   * Sorts the rates, adds 0, and refuses a value given twice, and an empty axis beside others.
   * Without any axis it is the grid of a folder in which nothing was started.
   */
  public SweepGrid {
    boolean started =
        Stream.of(tasks, layers, modules, rates, methods, ratios).anyMatch(axis -> !axis.isEmpty());
    if (started || texts.isPresent()) {
      tasks = texts.isPresent() && tasks.isEmpty() ? List.of() : distinct("tasks", tasks);
      seeds = tasks.isEmpty() ? List.of() : distinct("seeds", seeds);
      boolean models = !methods.isEmpty() || !ratios.isEmpty();
      if (!models || !layers.isEmpty() || !modules.isEmpty()) {
        layers = distinct("layers", layers);
        modules = distinct("modules", modules);
        rates = CandidateRates.withZero(rates);
      } else if (!rates.isEmpty()) {
        throw new RunException("rates: expected with layers and modules, found neither");
      }
      if (models) {
        methods = distinct("methods", methods);
        ratios = CandidateRates.withZero(ratios);
      }
    }
    tasks = List.copyOf(tasks);
    seeds = List.copyOf(seeds);
    layers = List.copyOf(layers);
    modules = List.copyOf(modules);
    rates = List.copyOf(rates);
    methods = List.copyOf(methods);
    ratios = List.copyOf(ratios);
    layers.forEach(layer -> new LayerTarget(layer, ModuleSelection.of("all"))); // checks the layer
  }

  /** The axes of several grids, each value once, in order of appearance; layers ascending. */
  public static SweepGrid union(List<SweepGrid> grids) {
    return new SweepGrid(
        values(grids, SweepGrid::tasks),
        grids.stream().flatMap(grid -> grid.texts.stream()).findFirst(),
        values(grids, SweepGrid::seeds),
        values(grids, SweepGrid::layers).stream().sorted().toList(),
        values(grids, SweepGrid::modules),
        values(grids, SweepGrid::rates),
        values(grids, SweepGrid::methods),
        values(grids, SweepGrid::ratios));
  }

  private static <T> List<T> values(List<SweepGrid> grids, Function<SweepGrid, List<T>> axis) {
    return grids.stream().flatMap(grid -> axis.apply(grid).stream()).distinct().toList();
  }

  /**
   * Returns this grid.
   *
   * @throws RunException if it has no axis
   */
  SweepGrid started() {
    if (tasks.isEmpty() && texts.isEmpty()) {
      throw new RunException("tasks: expected at least one, found none");
    }
    return this;
  }

  /** The candidates of a target: its rates, or for the whole model its ratios. */
  public List<PruningRate> rates(EditTarget target) {
    return switch (target) {
      case LayerTarget _ -> rates;
      case ModelTarget _ -> ratios;
    };
  }

  private static <T> List<T> distinct(String axis, List<T> values) {
    if (values.isEmpty()) {
      throw new RunException(axis + ": expected at least one, found none");
    }
    Set<T> seen = new HashSet<>();
    for (T value : values) {
      if (!seen.add(value)) {
        String found = value instanceof ModuleSelection m ? m.name() : value.toString();
        throw new RunException(axis + ": expected each once, found " + found + " twice");
      }
    }
    return List.copyOf(values);
  }

  /**
   * All search keys in canonical order: by task, then seed, then layer and module, then method,
   * each in the order given, and those of the texts last. Shards count them in this order.
   */
  public List<SearchKey> searchKeys() {
    List<SearchKey> searchKeys = new ArrayList<>();
    List<EditTarget> targets = targets();
    for (TaskVersion task : tasks) {
      for (long seed : seeds) {
        targets.forEach(target -> searchKeys.add(new SearchKey(task, seed, target)));
      }
    }
    texts.ifPresent(
        pair -> targets.forEach(target -> searchKeys.add(new SearchKey(pair, 0, target))));
    return searchKeys;
  }

  private List<EditTarget> targets() {
    List<EditTarget> targets = new ArrayList<>();
    for (int layer : layers) {
      modules.forEach(m -> targets.add(new LayerTarget(layer, m)));
    }
    targets.addAll(methods);
    return targets;
  }

  static SweepGrid of(JsonObject json) {
    SweepGrid grid =
        new SweepGrid(
            json.list("tasks", STRING).stream().map(TaskVersion::parse).toList(),
            json.has("texts") ? Optional.of(texts(json.object("texts"))) : Optional.empty(),
            json.list("seeds", LONG),
            json.list("layers", integer(-1, Integer.MAX_VALUE)),
            json.list("modules", Kinds.MODULES),
            json.list("rates", Kinds.RATE),
            json.has("methods") ? json.list("methods", Kinds.METHOD) : List.of(),
            json.has("ratios") ? json.list("ratios", Kinds.RATE) : List.of());
    json.done();
    return grid.started();
  }

  private static TextPair texts(JsonObject json) {
    TextPair pair = new TextPair(json.get("validation_text", TEXT), json.get("test_text", TEXT));
    json.done();
    return pair;
  }

  /** The axes by name; texts and the axes of the whole model only if the grid has them. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode taskNames = json.putArray("tasks");
    tasks.forEach(task -> taskNames.add(task.toString()));
    texts.ifPresent(pair -> pair.addTo(json.putObject("texts")));
    ArrayNode seedNumbers = json.putArray("seeds");
    seeds.forEach(seedNumbers::add);
    ArrayNode layerNumbers = json.putArray("layers");
    layers.forEach(layerNumbers::add);
    ArrayNode moduleNames = json.putArray("modules");
    modules.forEach(m -> moduleNames.add(m.name()));
    ArrayNode rateValues = json.putArray("rates");
    rates.forEach(rate -> rateValues.add(rate.value()));
    if (!methods.isEmpty()) {
      ArrayNode methodNames = json.putArray("methods");
      methods.forEach(method -> methodNames.add(method.toString()));
      ArrayNode ratioValues = json.putArray("ratios");
      ratios.forEach(ratio -> ratioValues.add(ratio.value()));
    }
    return json;
  }
}
