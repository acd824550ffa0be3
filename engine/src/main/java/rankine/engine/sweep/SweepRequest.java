package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import rankine.common.RunException;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.Versions;

/**
 * A sweep and its run folder.
 *
 * @param folder the run folder
 * @param seeds of the demonstrations
 * @param rates candidates; 0 is always one
 * @param shots demonstrations per class; absent: each task's own number
 * @param limit maximum number of examples per split; absent: all
 * @param plan method and factored mode; its edits are ignored
 * @param shard the search keys that this process takes
 */
public record SweepRequest(
    Path folder,
    List<TaskData> tasks,
    List<Long> seeds,
    Layers layers,
    List<ModuleSelection> modules,
    List<PruningRate> rates,
    OptionalInt shots,
    OptionalInt limit,
    EditPlan plan,
    TestCells test,
    Shard shard) {

  /** Copies the lists. */
  public SweepRequest {
    tasks = List.copyOf(tasks);
    seeds = List.copyOf(seeds);
    modules = List.copyOf(modules);
    rates = List.copyOf(rates);
  }

  /**
   * The grid for a model.
   *
   * @throws RunException if an axis is empty or has a value twice
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  SweepGrid grid(LoadedModel loaded) {
    SweepGrid grid =
        new SweepGrid(
            tasks.stream().map(TaskData::version).toList(),
            seeds,
            layers.of(loaded.model().layers().size()),
            modules,
            rates);
    for (SearchKey key : grid.searchKeys()) {
      EditOverlay.check(loaded.model(), List.of(key.target().edit(grid.rates().getLast())));
    }
    return grid;
  }

  /** Everything that the results on a model depend on. */
  RunIdentity identity(LoadedModel loaded) {
    return new RunIdentity(
        Versions.RANKINE,
        Manifest.checkpoint(loaded),
        JsonNodeFactory.instance.objectNode().put("sha256", loaded.tokenizer().hash()),
        tasks.stream().map(t -> TaskIdentity.of(t.task(), t.data().toString())).toList(),
        shots,
        limit,
        shared().withEdits(List.of()),
        test,
        loaded.backend().backend().name());
  }

  /** The plan of the grid: a sketch, and so its results, depends on the smallest rate. */
  private EditPlan shared() {
    return CandidateRates.withZero(rates).stream()
        .filter(rate -> !rate.isZero())
        .findFirst()
        .map(plan::withSharedSketch)
        .orElse(plan);
  }

  /**
   * Returns sentences that a reader of the results on a model must know.
   *
   * @throws RunException as {@link #grid}
   */
  public List<String> notes(LoadedModel loaded) {
    SweepGrid grid = grid(loaded);
    Set<String> exact = new LinkedHashSet<>();
    if (grid.rates().size() > 1) {
      for (SearchKey key : grid.searchKeys()) {
        exact.addAll(
            shared()
                .withEdits(List.of(key.target().edit(grid.rates().get(1))))
                .decomposedExactly(loaded.original()));
      }
    }
    return EditPlan.notes(exact);
  }

  /** What a cell's model is evaluated on. */
  EvaluationRequest evaluation(CellKey key) {
    TaskData task =
        tasks.stream().filter(t -> t.version().equals(key.task())).findFirst().orElseThrow();
    return new EvaluationRequest(
        task.task(), task.data(), new EvaluationOptions(key.split(), shots, key.seed(), limit));
  }
}
