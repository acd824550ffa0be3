package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.RunException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.Spectrum;
import rankine.engine.run.VariantEvaluation;
import rankine.engine.run.VariantEvaluator;
import rankine.kernels.Matrix;

/**
 * Fills a run folder with the missing cells of a grid: for each search key every rate on
 * validation, then the best on test, and the unedited model on both. Targets run one after the
 * other, in ascending order of their first changed operation. So the decompositions of a matrix
 * serve all rates, tasks and seeds before the next matrix is decomposed, each rate's model is built
 * once for all of them, and no operation before a target runs twice.
 */
public final class Sweep {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepListener listener;
  private final SweepGrid grid;
  private final List<SearchKey> searchKeys;
  private final CellsFile file;
  private final RunIndex index;
  private final RunIdentity identity;
  private final VariantEvaluator evaluator;
  private int done;

  private Sweep(
      LoadedModel loaded,
      SweepRequest request,
      SweepListener listener,
      SweepGrid grid,
      RunIdentity identity,
      CellsFile file,
      RunIndex index) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
    this.grid = grid;
    this.searchKeys = request.shard().of(grid.searchKeys());
    this.identity = identity;
    this.file = file;
    this.index = index;
    this.evaluator =
        new VariantEvaluator(
            loaded,
            searchKeys.stream().map(key -> editAtHighestRate(key.target())).distinct().toList());
  }

  private Edit editAtHighestRate(EditTarget target) {
    return target.edit(grid.rates().getLast());
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
    Path folder = request.folder();
    RunFolderStart.of(folder, identity);
    try (CellsFile file = CellsFile.open(folder, request.shard())) {
      Sweep sweep =
          new Sweep(loaded, request, listener, grid, identity, file, RunFolder.cells(folder));
      try (sweep.evaluator) {
        sweep.run();
      }
      return sweep.summary(sweep.index.run(folder, identity));
    }
  }

  private SweepSummary summary(SweepRun run) {
    List<GroupResult> results =
        searchKeys.stream().map(key -> GroupResult.of(run, key, grid.rates())).toList();
    return SweepSummary.of(request, grid, results, done, Manifest.machine(loaded));
  }

  private void run() {
    String now = Instant.now().toString();
    write(new ShardStart(grid, request.shard(), now, Manifest.machine(loaded)).toJson());
    for (SearchKey key : searchKeys) {
      evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.VALIDATION));
      evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.TEST));
    }
    byTarget().forEach(this::run);
  }

  /**
   * This shard's search keys of all tasks and seeds by target, in ascending order of the first
   * changed operation.
   */
  private Map<EditTarget, List<SearchKey>> byTarget() {
    Map<EditTarget, List<SearchKey>> byTarget = new LinkedHashMap<>();
    searchKeys.stream()
        .sorted(
            Comparator.comparingInt(
                key -> evaluator.firstChangedOp(List.of(editAtHighestRate(key.target())))))
        .forEach(key -> byTarget.computeIfAbsent(key.target(), _ -> new ArrayList<>()).add(key));
    return byTarget;
  }

  private void run(EditTarget target, List<SearchKey> keysOfTarget) {
    if (request.plan().method() == EditMethod.EXACT) {
      spectra(target);
    }
    for (PruningRate rate : nonzeroRates()) {
      List<CellKey> keys = new ArrayList<>();
      keysOfTarget.forEach(key -> keys.add(key.cell(rate, EvaluationSplit.VALIDATION)));
      if (request.test() == TestCells.ALL) {
        keysOfTarget.forEach(key -> keys.add(key.cell(rate, EvaluationSplit.TEST)));
      }
      evaluate(target, rate, keys);
    }
    SweepRun run = index.run(request.folder(), identity);
    for (PruningRate rate : nonzeroRates()) {
      evaluate(
          target,
          rate,
          keysOfTarget.stream()
              .filter(key -> GroupResult.of(run, key, grid.rates()).isChosen(rate))
              .map(key -> key.cell(rate, EvaluationSplit.TEST))
              .toList());
    }
  }

  /** The rates above 0. */
  private List<PruningRate> nonzeroRates() {
    return grid.rates().subList(1, grid.rates().size());
  }

  private void spectra(EditTarget target) {
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

  /** Builds the model only if a cell is missing. */
  private void evaluate(EditTarget target, PruningRate rate, List<CellKey> keys) {
    if (keys.stream().allMatch(index::has)) {
      return;
    }
    LoadedModel variant = loaded.edited(request.plan().withEdits(List.of(target.edit(rate))));
    keys.forEach(key -> evaluate(variant, key));
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

  private void evaluate(LoadedModel variant, CellKey key) {
    if (index.has(key)) {
      return;
    }
    TaskData task = request.task(key.task());
    long start = System.nanoTime();
    VariantEvaluation evaluation;
    listener.begin(key);
    try {
      evaluation =
          evaluator.evaluate(
              variant,
              task.task(),
              task.data(),
              request.options(key.split(), key.seed()),
              listener);
    } finally {
      listener.end();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    loaded.checkpoint().checkUnchanged();
    listener.done((Cell) write(Cell.of(key, evaluation, seconds).toJson()));
    done++;
  }
}
