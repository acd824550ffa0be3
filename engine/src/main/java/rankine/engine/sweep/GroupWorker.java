package rankine.engine.sweep;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import rankine.common.RunException;
import rankine.common.io.Json;
import rankine.engine.run.LoadedModel;

/**
 * Evaluates groups for a process that has the run folder. Keeps decompositions, edited models,
 * prompts and prefix activations from one group to the next: in ascending order of targets the
 * groups share the most.
 */
public final class GroupWorker implements AutoCloseable {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepGrid grid;
  private final List<SearchKey> keys;
  private final CellEvaluator evaluator;
  private final EditedModels models;

  private GroupWorker(LoadedModel loaded, SweepRequest request, SweepGrid grid) {
    this.loaded = loaded;
    this.request = request;
    this.grid = grid;
    this.keys = grid.searchKeys();
    this.evaluator = CellLoop.evaluator(loaded, keys, grid::rates, request.plans());
    this.models = new EditedModels(loaded, request.plans(), EditedModels.KEPT_BYTES);
  }

  /**
   * Creates a worker.
   *
   * @param request as that of the process with the folder; the paths may differ, their contents not
   * @param identity from {@link GroupEngine#evaluate}
   * @throws RunException that names the first difference, such as another checkpoint or task file
   */
  public static GroupWorker of(LoadedModel loaded, SweepRequest request, String identity) {
    RunIdentity expected =
        RunIdentity.of(
            Json.of("worker", RunException::new).object(identity.getBytes(StandardCharsets.UTF_8)));
    expected.requireSame("worker", request.identity(loaded));
    return new GroupWorker(loaded, request, request.grid(loaded));
  }

  /**
   * Evaluates the missing cells of a group.
   *
   * @param line receives each line for the run folder as it is made: spectra, then cells in the
   *     order of their evaluation. Those before a failure are valid
   * @throws rankine.common.RankineException as in {@link Sweep#run}
   */
  public void evaluate(GroupAssignment assignment, SweepListener listener, Consumer<String> line) {
    SearchKey key = keys.get(assignment.searchKey());
    WorkerStore store = new WorkerStore(assignment, listener, line);
    CellLoop loop =
        new CellLoop(loaded, grid::rates, List.of(key), models, store, listener, evaluator);
    switch (assignment.part()) {
      case PLAIN -> loop.plain();
      case ALL -> loop.run(request.test());
    }
  }

  /** The cells that the folder has, and what receives the lines for it. */
  private final class WorkerStore implements CellLoop.CellStore {
    private final Map<CellKey, Cell> cells = new HashMap<>();
    private final Consumer<String> lines;
    private final boolean spectra;
    private final SweepListener listener;

    WorkerStore(GroupAssignment assignment, SweepListener listener, Consumer<String> lines) {
      this.spectra = assignment.spectra();
      this.listener = listener;
      this.lines = lines;
      for (String line : assignment.finished()) {
        Cell cell =
            (Cell) CellsReader.parse("finished cell", line.getBytes(StandardCharsets.UTF_8));
        cells.put(cell.key(), cell);
      }
    }

    @Override
    public Map<CellKey, Cell> cells() {
      return cells;
    }

    @Override
    public BenchmarkData data(Benchmark benchmark) {
      return request.data(benchmark);
    }

    @Override
    public void begin(EditTarget target) {
      if (spectra) {
        new TargetSpectra(loaded, grid, request.plans(), listener)
            .add(target, _ -> false, json -> lines.accept(json.toString()));
      }
    }

    @Override
    public void add(Cell cell) {
      cells.put(cell.key(), cell);
      lines.accept(cell.toJson().toString());
      listener.done(cell);
    }
  }

  @Override
  public void close() {
    evaluator.close();
  }
}
