package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            loaded,
            grid::rates,
            searchKeys.stream().map(List::of).toList(),
            request.plans(),
            request.test(),
            RateRule.BEST,
            new FolderStore(),
            listener)) {
      loop.run();
    }
    List<GroupResult> results =
        searchKeys.stream()
            .map(
                key -> GroupResult.of(index.cells(), request.test(), key, grid.rates(key.target())))
            .toList();
    return SweepSummary.of(request, grid, results, done, machine);
  }

  /**
   * Evaluates one group in memory: one layer and module, for seeds that choose one rate together.
   *
   * @param seeds of the demonstrations; for texts 0 alone
   * @param rates ascending; the first is 0
   * @param plan method and factored mode; its edits are ignored
   * @param rule that chooses the rate
   * @return one result per seed, with the same choice
   */
  public static List<GroupResult> inMemory(
      LoadedModel loaded,
      BenchmarkData data,
      List<Long> seeds,
      LayerTarget target,
      List<PruningRate> rates,
      EditPlan plan,
      RateRule rule,
      SweepListener listener) {
    List<SearchKey> keys =
        seeds.stream().map(seed -> new SearchKey(data.benchmark(), seed, target)).toList();
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
    try (CellLoop loop =
        new CellLoop(
            loaded,
            _ -> rates,
            List.of(keys),
            TargetPlans.ofLayers(plan, rates),
            TestCells.CHOSEN,
            rule,
            memory,
            listener)) {
      loop.run();
    }
    return GroupResult.together(cells, TestCells.CHOSEN, rule, keys, rates);
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
