package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import rankine.common.RunException;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.Versions;
import rankine.engine.scale.GridCost;

/**
 * What a sweep evaluates, and where it keeps the results.
 *
 * @param folder new, empty, or with a run of the same settings
 * @param texts to choose on and to test on, beside the tasks or in their place
 * @param seeds of the demonstrations
 * @param layers what is pruned layer by layer, if anything
 * @param models what is done to the whole model, if anything
 * @param shots demonstrations; absent: each task's own number
 * @param limit maximum number of examples per split; absent: all
 * @param shard the search keys that this process takes
 */
public record SweepRequest(
    Path folder,
    List<TaskData> tasks,
    Optional<TextData> texts,
    List<Long> seeds,
    Optional<LayerAxes> layers,
    Optional<ModelAxes> models,
    OptionalInt shots,
    OptionalInt limit,
    TestCells test,
    Shard shard) {

  /**
   * Layers and modules, each combination pruned at each rate.
   *
   * @param plan method and factored mode; its edits are ignored
   */
  public record LayerAxes(
      Layers layers, List<ModuleSelection> modules, List<PruningRate> rates, EditPlan plan) {
    /** Copies the lists. */
    public LayerAxes {
      modules = List.copyOf(modules);
      rates = List.copyOf(rates);
    }

    /** The plan of the grid: a sketch, and so its results, depends on the smallest rate. */
    private TargetPlans plans() {
      return new TargetPlans(Optional.of(plan), Optional.empty())
          .shared(CandidateRates.withZero(rates));
    }
  }

  /** Methods, each of which compresses the whole model to each ratio. */
  public record ModelAxes(
      List<ModelTarget> methods, List<PruningRate> ratios, CompressionSettings settings) {
    /** Copies the lists, and checks that the methods have what they need. */
    public ModelAxes {
      methods = List.copyOf(methods);
      ratios = List.copyOf(ratios);
      methods.forEach(settings::check);
    }
  }

  /** Copies the lists. */
  public SweepRequest {
    tasks = List.copyOf(tasks);
    seeds = List.copyOf(seeds);
  }

  /** Returns the same for another run folder. */
  public SweepRequest withFolder(Path other) {
    return new SweepRequest(other, tasks, texts, seeds, layers, models, shots, limit, test, shard);
  }

  /** Returns the same request with other texts. */
  public SweepRequest withTexts(Optional<TextData> others) {
    return new SweepRequest(
        folder, tasks, others, seeds, layers, models, shots, limit, test, shard);
  }

  /**
   * The grid for a model.
   *
   * @throws RunException if an axis is empty or has a value twice
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  SweepGrid grid(LoadedModel loaded) {
    int count = loaded.model().layers().size();
    SweepGrid grid =
        new SweepGrid(
                tasks.stream().map(TaskData::version).toList(),
                texts.map(TextData::pair),
                seeds,
                layers.map(axes -> axes.layers.of(count)).orElse(List.of()),
                layers.map(LayerAxes::modules).orElse(List.of()),
                layers.map(LayerAxes::rates).orElse(List.of()),
                models.map(ModelAxes::methods).orElse(List.of()),
                models.map(ModelAxes::ratios).orElse(List.of()))
            .started();
    texts.ifPresent(data -> Perplexity.requireContext(loaded, data.protocol()));
    for (SearchKey key : grid.searchKeys()) {
      EditOverlay.check(
          loaded.model(), plans().edits(loaded, key.target(), grid.rates(key.target()).getLast()));
    }
    return grid;
  }

  /** Makes the models of the grid. */
  TargetPlans plans() {
    return new TargetPlans(
        layers.flatMap(axes -> axes.plans().layers()), models.map(ModelAxes::settings));
  }

  /** Everything that the results on a model depend on. */
  RunIdentity identity(LoadedModel loaded) {
    return new RunIdentity(
        Versions.RANKINE,
        Manifest.checkpoint(loaded),
        JsonNodeFactory.instance.objectNode().put("sha256", loaded.tokenizer().hash()),
        tasks.stream().map(t -> TaskIdentity.of(t.task(), t.data().toString())).toList(),
        texts.map(TextIdentity::of),
        shots,
        limit,
        plans().layers().map(plan -> plan.withEdits(List.of())),
        models.map(ModelAxes::settings),
        test,
        loaded.backend().backend().name());
  }

  /**
   * Returns sentences that a reader of the results on a model must know.
   *
   * @throws RunException as {@link #grid}
   */
  public List<String> notes(LoadedModel loaded) {
    SweepGrid grid = grid(loaded);
    Set<EditTarget> targets = new LinkedHashSet<>();
    grid.searchKeys().forEach(key -> targets.add(key.target()));
    return plans().notes(loaded, targets, grid::rates);
  }

  /**
   * Counts what the whole grid costs on a model, all shards together and finished cells included.
   *
   * @throws RunException as {@link #grid}
   * @throws rankine.common.TaskException for a fault in the data
   */
  public GridCost cost(LoadedModel loaded) {
    SweepGrid grid = grid(loaded);
    CostCount count = new CostCount(loaded);
    grid.tasks().forEach(task -> count.add(data(task), grid.seeds()));
    texts.ifPresent(data -> count.add(data, List.of(0L)));
    for (int layer : grid.layers()) {
      EditMethod method = plans().layers().orElseThrow().method();
      grid.modules().forEach(m -> count.add(new LayerTarget(layer, m), method, grid.rates()));
    }
    models.ifPresent(
        axes -> grid.methods().forEach(m -> count.add(m, axes.settings, grid.ratios())));
    return count.cost(Math.max(grid.rates().size(), grid.ratios().size()) - 1);
  }

  /** What a benchmark is evaluated on. */
  BenchmarkData data(Benchmark benchmark) {
    return switch (benchmark) {
      case TaskVersion version -> examples(version);
      case TextPair _ -> texts.orElseThrow();
    };
  }

  private BenchmarkData.TaskExamples examples(TaskVersion version) {
    TaskData task =
        tasks.stream().filter(t -> t.version().equals(version)).findFirst().orElseThrow();
    EvaluationOptions options = new EvaluationOptions(EvaluationSplit.VALIDATION, shots, 0, limit);
    return new BenchmarkData.TaskExamples(new EvaluationRequest(task.task(), task.data(), options));
  }
}
