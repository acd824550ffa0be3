package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import rankine.common.RunException;
import rankine.engine.edit.EditOverlay;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;

/** Fills a run folder, or memory, with the missing cells of a grid. */
public final class Sweep {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepListener listener;
  private final SweepGrid grid;
  private final RunWriter writer;
  private final List<SearchKey> searchKeys;
  private int done;

  private Sweep(
      LoadedModel loaded,
      SweepRequest request,
      SweepListener listener,
      SweepGrid grid,
      RunWriter writer) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
    this.grid = grid;
    this.writer = writer;
    this.searchKeys = request.shard().of(grid.searchKeys());
  }

  /**
   * Evaluates the missing cells, on an unedited model.
   *
   * @throws RunException if the folder holds another run, another process writes this shard's file,
   *     the file cannot be written, or the data has changed
   */
  public static SweepSummary run(LoadedModel loaded, SweepRequest request, SweepListener listener) {
    SweepGrid grid = request.grid(loaded);
    RunIdentity identity = request.identity(loaded);
    try (RunWriter writer = RunWriter.open(request.folder(), identity, request.shard())) {
      return new Sweep(loaded, request, listener, grid, writer).summaryOf(Sweep::runHere);
    }
  }

  /**
   * As {@link #run(LoadedModel, SweepRequest, SweepListener)}, with the cells evaluated by {@code
   * engine}. Each group is on disk as soon as it has come back. A cell that comes twice must be the
   * same in both.
   *
   * @param loaded the same checkpoint as the engine's processes have; here only described
   */
  public static SweepSummary run(
      LoadedModel loaded, SweepRequest request, SweepListener listener, GroupEngine engine) {
    SweepGrid grid = request.grid(loaded);
    RunIdentity identity = request.identity(loaded);
    try (RunWriter writer = RunWriter.open(request.folder(), identity, request.shard())) {
      return new Sweep(loaded, request, listener, grid, writer)
          .summaryOf(sweep -> sweep.runBy(engine, identity.toJson().toString()));
    }
  }

  private SweepSummary summaryOf(Consumer<Sweep> evaluation) {
    String now = Instant.now().toString();
    ObjectNode machine = Manifest.machine(loaded);
    writer.write(new ShardStart(grid, request.shard(), now, machine).toJson());
    evaluation.accept(this);
    List<GroupResult> results = searchKeys.stream().map(this::result).toList();
    return SweepSummary.of(request, grid, results, done, machine);
  }

  private GroupResult result(SearchKey key) {
    return GroupResult.of(writer.cells(), request.test(), key, grid.rates(key.target()));
  }

  private CellEvaluator evaluator() {
    return CellLoop.evaluator(loaded, searchKeys, grid::rates, request.plans());
  }

  private void runHere() {
    try (CellEvaluator evaluator = evaluator()) {
      loop(evaluator).run(request.test());
    }
  }

  /** The unedited model first, as every group needs its cells; then the groups. */
  private void runBy(GroupEngine engine, String identity) {
    GroupPlan plan = new GroupPlan(grid, searchKeys, targets(), this::result, this::lacksSpectra);
    engine.evaluate(identity, plan.plain(), this::add);
    engine.evaluate(identity, plan.groups(), this::add);
  }

  private CellLoop loop(CellEvaluator evaluator) {
    return new CellLoop(
        loaded,
        grid::rates,
        searchKeys,
        new EditedModels(loaded, request.plans(), 0),
        new FolderStore(),
        listener,
        evaluator);
  }

  private List<EditTarget> targets() {
    try (CellEvaluator evaluator = evaluator()) {
      return List.copyOf(loop(evaluator).byTarget().keySet());
    }
  }

  private boolean lacksSpectra(EditTarget target) {
    return !spectra().matrices(target).keySet().stream().allMatch(writer::hasSpectrum);
  }

  private TargetSpectra spectra() {
    return new TargetSpectra(loaded, grid, request.plans(), listener);
  }

  private void add(List<String> lines) {
    for (String text : lines) {
      writer
          .writeNew(text)
          .ifPresent(
              line -> {
                if (line instanceof Cell cell) {
                  listener.done(cell);
                  done++;
                }
              });
    }
  }

  /**
   * Searches the rates of targets, in memory: one choice among all of them.
   *
   * @param seeds of the demonstrations, which choose together; for texts 0 alone
   * @param rates of every target, ascending; the first is 0
   * @param plans of the targets
   * @param rule that chooses the rate
   * @throws rankine.common.EditException for a layer or module that the model does not have, or a
   *     method that lacks a calibration text
   */
  public static SearchGroup inMemory(
      LoadedModel loaded,
      BenchmarkData data,
      List<Long> seeds,
      List<? extends EditTarget> targets,
      List<PruningRate> rates,
      TargetPlans plans,
      RateRule rule,
      SweepListener listener) {
    TargetPlans shared = plans.shared(rates);
    for (EditTarget target : targets) {
      EditOverlay.check(loaded.model(), shared.edits(loaded, target, rates.getLast()));
    }
    List<SearchKey> keys =
        targets.stream()
            .flatMap(
                target -> seeds.stream().map(seed -> new SearchKey(data.benchmark(), seed, target)))
            .toList();
    Map<CellKey, Cell> cells = new HashMap<>();
    CellLoop.CellStore memory =
        new CellLoop.CellStore() {
          @Override
          public Map<CellKey, Cell> cells() {
            return cells;
          }

          @Override
          public void add(Cell cell) {
            cells.put(cell.key(), cell);
          }

          @Override
          public BenchmarkData data(Benchmark benchmark) {
            return data;
          }
        };
    try (CellEvaluator evaluator = CellLoop.evaluator(loaded, keys, _ -> rates, shared)) {
      EditedModels models = new EditedModels(loaded, shared, 0);
      CellLoop loop = new CellLoop(loaded, _ -> rates, keys, models, memory, listener, evaluator);
      loop.plain();
      loop.byTarget().forEach((target, all) -> loop.validate(target, all, TestCells.CHOSEN));
      SearchGroup.Choice choice = SearchGroup.Choice.of(cells, keys, rates, rule);
      choice
          .chosen()
          .target()
          .ifPresent(
              target ->
                  loop.test(
                      target,
                      choice.chosen().rate(),
                      keys.stream().filter(key -> key.target().equals(target)).toList()));
      return SearchGroup.of(cells, choice, shared.notes(loaded, List.copyOf(targets), _ -> rates));
    }
  }

  /** The cells of the folder. */
  private final class FolderStore implements CellLoop.CellStore {
    @Override
    public Map<CellKey, Cell> cells() {
      return writer.cells();
    }

    @Override
    public BenchmarkData data(Benchmark benchmark) {
      return request.data(benchmark);
    }

    @Override
    public void add(Cell cell) {
      listener.done((Cell) writer.write(cell.toJson()));
      done++;
    }

    @Override
    public void begin(EditTarget target) {
      spectra().add(target, writer::hasSpectrum, writer::write);
    }
  }
}
