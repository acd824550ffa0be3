package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.common.RunException;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.Spectrum;
import rankine.kernels.Matrix;

/** Fills a run folder, or memory, with the missing cells of a grid. */
public final class Sweep {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepListener listener;
  private final SweepGrid grid;
  private final CellsFile file;
  private final RunIndex index;
  private int done;

  private Sweep(
      LoadedModel loaded,
      SweepRequest request,
      SweepListener listener,
      SweepGrid grid,
      CellsFile file,
      RunIndex index) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
    this.grid = grid;
    this.file = file;
    this.index = index;
  }

  /**
   * Evaluates the missing cells, on an unedited model.
   *
   * @throws RunException if the folder holds another run, another process writes this shard's file,
   *     the file cannot be written, or the data has changed
   */
  public static SweepSummary run(LoadedModel loaded, SweepRequest request, SweepListener listener) {
    SweepGrid grid = request.grid(loaded);
    Path folder = request.folder();
    RunFolderStart.of(folder, request.identity(loaded));
    try (CellsFile file = CellsFile.open(folder, request.shard())) {
      return new Sweep(loaded, request, listener, grid, file, RunFolder.cells(folder)).run();
    }
  }

  private SweepSummary run() {
    String now = Instant.now().toString();
    ObjectNode machine = Manifest.machine(loaded);
    write(new ShardStart(grid, request.shard(), now, machine).toJson());
    List<SearchKey> searchKeys = request.shard().of(grid.searchKeys());
    try (CellLoop loop =
        new CellLoop(
            loaded, grid::rates, searchKeys, request.plans(), new FolderStore(), listener)) {
      loop.run(request.test());
    }
    List<GroupResult> results =
        searchKeys.stream()
            .map(
                key -> GroupResult.of(index.cells(), request.test(), key, grid.rates(key.target())))
            .toList();
    return SweepSummary.of(request, grid, results, done, machine);
  }

  /**
   * Searches the rates of one layer and module, in memory.
   *
   * @param seeds of the demonstrations, which choose together; for texts 0 alone
   * @param rates ascending; the first is 0
   * @param plan method and factored mode; its edits are ignored
   * @param rule that chooses the rate
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public static SearchGroup inMemory(
      LoadedModel loaded,
      BenchmarkData data,
      List<Long> seeds,
      LayerTarget target,
      List<PruningRate> rates,
      EditPlan plan,
      RateRule rule,
      SweepListener listener) {
    TargetPlans plans = new TargetPlans(Optional.of(plan), Optional.empty()).shared(rates);
    return inMemory(loaded, data, seeds, List.of(target), rates, plans, rule, listener);
  }

  /**
   * Searches the ratios of one or several methods for the whole model, in memory: one choice among
   * all of them.
   *
   * @param ratios ascending; the first is 0
   * @throws rankine.common.EditException for a method that lacks a calibration text, or a skipped
   *     layer that the model does not have
   */
  public static SearchGroup inMemory(
      LoadedModel loaded,
      BenchmarkData data,
      List<Long> seeds,
      List<ModelTarget> methods,
      List<PruningRate> ratios,
      CompressionSettings settings,
      RateRule rule,
      SweepListener listener) {
    TargetPlans plans = new TargetPlans(Optional.empty(), Optional.of(settings));
    return inMemory(loaded, data, seeds, List.copyOf(methods), ratios, plans, rule, listener);
  }

  private static SearchGroup inMemory(
      LoadedModel loaded,
      BenchmarkData data,
      List<Long> seeds,
      List<EditTarget> targets,
      List<PruningRate> rates,
      TargetPlans plans,
      RateRule rule,
      SweepListener listener) {
    for (EditTarget target : targets) {
      EditOverlay.check(loaded.model(), plans.edits(loaded, target, rates.getLast()));
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
    try (CellLoop loop = new CellLoop(loaded, _ -> rates, keys, plans, memory, listener)) {
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
      return SearchGroup.of(cells, choice, plans.notes(loaded, targets, _ -> rates));
    }
  }

  /** The cells of the folder. */
  private final class FolderStore implements CellLoop.CellStore {
    @Override
    public Map<CellKey, Cell> cells() {
      return index.cells();
    }

    @Override
    public BenchmarkData data(Benchmark benchmark) {
      return request.data(benchmark);
    }

    @Override
    public void add(Cell cell) {
      listener.done((Cell) write(cell.toJson()));
      done++;
    }

    /** Writes the spectra of a layer's matrices, where rates keep their exact singular values. */
    @Override
    public void begin(EditTarget target) {
      switch (target) {
        case LayerTarget layer
            when request.plans().layers().orElseThrow().method() == EditMethod.EXACT ->
            addSpectra(layer);
        case LayerTarget _, ModelTarget _ -> {}
      }
    }

    private void addSpectra(LayerTarget target) {
      Map<String, Matrix> matrices =
          EditOverlay.matrices(loaded.model(), target.edit(PruningRate.ZERO));
      matrices.keySet().removeIf(index::hasSpectrum);
      matrices.forEach(
          (name, w) -> {
            listener.decomposing(name);
            Svd svd = loaded.decompositions().exact(name, w);
            write(SpectrumLine.json(new Spectrum(name, w, svd, grid.rates())));
          });
    }
  }

  /**
   * Parses a line as readers will, indexes it, then appends it; a line that contradicts the folder
   * is refused before it is written.
   */
  private RunLine write(ObjectNode json) {
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    String location = file.path().toString();
    RunLine line = CellsReader.parse(location, text);
    index.add(location, line);
    file.append(text);
    return line;
  }
}
