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
 * Fills a run folder with the cells of a grid that it does not have yet: for each group every rate
 * on validation, then the best one on test, beside the plain model. Sites come one after the other,
 * from the lowest upwards, so that the decompositions of a matrix serve all rates, tasks and seeds
 * before the next is made, a rate's model is made once for all of them, and what lies below a site
 * is never computed again.
 */
public final class Sweep {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepListener listener;
  private final SweepGrid grid;
  private final List<SearchKey> groups;
  private final CellsFile file;
  private final RunIndex found;
  private final RunIdentity identity;
  private final VariantEvaluator evaluations;
  private int done;

  private Sweep(
      LoadedModel loaded,
      SweepRequest request,
      SweepListener listener,
      SweepGrid grid,
      RunIdentity identity,
      CellsFile file,
      RunIndex found) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
    this.grid = grid;
    this.groups = request.shard().of(grid.groups());
    this.identity = identity;
    this.file = file;
    this.found = found;
    this.evaluations =
        new VariantEvaluator(
            loaded, groups.stream().map(group -> highest(group.site())).distinct().toList());
  }

  private Edit highest(EditTarget site) {
    return site.edit(grid.rates().getLast());
  }

  /**
   * Runs what is missing, on an unedited model.
   *
   * @throws RunException if the folder holds another run, another process writes this shard's file,
   *     the file cannot be written, or the data is not what it was
   */
  public static SweepSummary run(LoadedModel loaded, SweepRequest request, SweepListener listener) {
    SweepGrid grid = request.grid(loaded);
    RunIdentity identity = request.identity(loaded);
    Path folder = request.folder();
    RunFolderStart.of(folder, identity);
    try (CellsFile file = CellsFile.open(folder, request.shard())) {
      Sweep sweep =
          new Sweep(loaded, request, listener, grid, identity, file, RunFolder.cells(folder));
      try (sweep.evaluations) {
        sweep.run();
      }
      return sweep.summary(sweep.found.run(folder, identity));
    }
  }

  private SweepSummary summary(SweepRun run) {
    List<GroupResult> results =
        groups.stream().map(group -> GroupResult.of(run, group, grid.rates())).toList();
    return SweepSummary.of(request, grid, results, done, Manifest.machine(loaded));
  }

  private void run() {
    String now = Instant.now().toString();
    write(new ShardStart(grid, request.shard(), now, Manifest.machine(loaded)).toJson());
    for (SearchKey group : groups) {
      evaluate(loaded, group.cell(PruningRate.ZERO, EvaluationSplit.VALIDATION));
      evaluate(loaded, group.cell(PruningRate.ZERO, EvaluationSplit.TEST));
    }
    bySite().forEach(this::run);
  }

  /** This shard's groups, whatever task or seed they are of, from the lowest site upwards. */
  private Map<EditTarget, List<SearchKey>> bySite() {
    Map<EditTarget, List<SearchKey>> bySite = new LinkedHashMap<>();
    groups.stream()
        .sorted(Comparator.comparingInt(g -> evaluations.place(List.of(highest(g.site())))))
        .forEach(g -> bySite.computeIfAbsent(g.site(), _ -> new ArrayList<>()).add(g));
    return bySite;
  }

  private void run(EditTarget site, List<SearchKey> here) {
    if (request.plan().method() == EditMethod.EXACT) {
      spectra(site);
    }
    for (PruningRate rate : pruning()) {
      List<CellKey> keys = new ArrayList<>();
      here.forEach(group -> keys.add(group.cell(rate, EvaluationSplit.VALIDATION)));
      if (request.test() == TestCells.ALL) {
        here.forEach(group -> keys.add(group.cell(rate, EvaluationSplit.TEST)));
      }
      evaluate(site, rate, keys);
    }
    SweepRun run = found.run(request.folder(), identity);
    for (PruningRate rate : pruning()) {
      evaluate(
          site,
          rate,
          here.stream()
              .filter(group -> GroupResult.of(run, group, grid.rates()).chosenIs(rate))
              .map(group -> group.cell(rate, EvaluationSplit.TEST))
              .toList());
    }
  }

  /** The rates above 0. */
  private List<PruningRate> pruning() {
    return grid.rates().subList(1, grid.rates().size());
  }

  private void spectra(EditTarget site) {
    Map<String, Matrix> matrices =
        EditOverlay.matrices(loaded.model(), site.edit(PruningRate.ZERO));
    matrices.keySet().removeIf(found::hasSpectrum);
    matrices.forEach(
        (name, w) -> {
          listener.decomposing(name);
          Svd svd = loaded.decompositions().exact(name, w);
          write(SpectrumLine.json(new Spectrum(name, w, svd, grid.rates())));
        });
  }

  /** Makes the model only if one of the cells is missing. */
  private void evaluate(EditTarget site, PruningRate rate, List<CellKey> keys) {
    if (keys.stream().allMatch(found::has)) {
      return;
    }
    LoadedModel variant = loaded.edited(request.plan().withEdits(List.of(site.edit(rate))));
    keys.forEach(key -> evaluate(variant, key));
  }

  /**
   * Appends a line as it will be read. What contradicts the folder is refused before it is there.
   */
  private RunLine write(ObjectNode json) {
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    String where = file.path().toString();
    RunLine line = CellsReader.parse(where, text);
    found.add(where, line);
    file.append(text);
    return line;
  }

  private void evaluate(LoadedModel variant, CellKey key) {
    if (found.has(key)) {
      return;
    }
    TaskData task = request.task(key.task());
    long start = System.nanoTime();
    VariantEvaluation evaluation;
    listener.begin(key);
    try {
      evaluation =
          evaluations.evaluate(
              variant, task.task(), task.data(), request.options(key.part(), key.seed()), listener);
    } finally {
      listener.end();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    listener.done((Cell) write(Cell.of(key, evaluation, seconds).toJson()));
    done++;
  }
}
