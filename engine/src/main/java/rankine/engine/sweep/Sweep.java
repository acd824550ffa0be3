package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.Edits;
import rankine.engine.icl.Part;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.Spectrum;
import rankine.engine.run.VariantEvaluation;
import rankine.kernels.Matrix;

/**
 * Fills a run folder with the cells of a grid that it does not have yet: for each group every rate
 * on validation, then the best one on test, beside the plain model. Sites come one after the other,
 * so that the decompositions of a matrix serve all rates, tasks and seeds before the next is made,
 * and a rate's model is made once for all of them.
 */
public final class Sweep {
  private final LoadedModel loaded;
  private final SweepRequest request;
  private final SweepListener listener;
  private final Grid grid;
  private final List<Group> groups;
  private final CellsFile file;
  private final Merged found;
  private final RunIdentity identity;
  private int done;

  private Sweep(
      LoadedModel loaded,
      SweepRequest request,
      SweepListener listener,
      Grid grid,
      RunIdentity identity,
      CellsFile file,
      Merged found) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
    this.grid = grid;
    this.groups = request.shard().of(grid.groups());
    this.identity = identity;
    this.file = file;
    this.found = found;
  }

  /**
   * Runs what is missing, on an unedited model.
   *
   * @throws SweepException if the folder holds another run, another process writes this shard's
   *     file, the file cannot be written, or the data is not what it was
   */
  public static SweepSummary run(LoadedModel loaded, SweepRequest request, SweepListener listener) {
    Grid grid = request.grid(loaded);
    RunIdentity identity = request.identity(loaded);
    Path folder = request.folder();
    FolderStart.of(folder, identity);
    try (CellsFile file = CellsFile.open(folder, request.shard())) {
      Sweep sweep =
          new Sweep(loaded, request, listener, grid, identity, file, RunFolder.cells(folder));
      sweep.run();
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
    write(new Begin(grid, request.shard(), now, Manifest.machine(loaded)).toJson());
    for (Group group : groups) {
      evaluate(loaded, group.cell(ClippingRate.ZERO, Part.VALIDATION));
      evaluate(loaded, group.cell(ClippingRate.ZERO, Part.TEST));
    }
    bySite().forEach(this::run);
  }

  /** This shard's groups, layer after layer, whatever task or seed they are of. */
  private Map<Site, List<Group>> bySite() {
    Map<Site, List<Group>> bySite = new LinkedHashMap<>();
    for (int layer : grid.layers()) {
      grid.modules().forEach(m -> bySite.put(new Site(layer, m), new ArrayList<>()));
    }
    groups.forEach(group -> bySite.get(group.site()).add(group));
    bySite.values().removeIf(List::isEmpty);
    return bySite;
  }

  private void run(Site site, List<Group> here) {
    if (request.plan().method() == EditMethod.EXACT) {
      spectra(site);
    }
    for (ClippingRate rate : pruning()) {
      List<CellKey> keys = new ArrayList<>();
      here.forEach(group -> keys.add(group.cell(rate, Part.VALIDATION)));
      if (request.test() == TestCells.ALL) {
        here.forEach(group -> keys.add(group.cell(rate, Part.TEST)));
      }
      evaluate(site, rate, keys);
    }
    SweepRun run = found.run(request.folder(), identity);
    for (ClippingRate rate : pruning()) {
      evaluate(
          site,
          rate,
          here.stream()
              .filter(group -> GroupResult.of(run, group, grid.rates()).chosenIs(rate))
              .map(group -> group.cell(rate, Part.TEST))
              .toList());
    }
  }

  /** The rates above 0. */
  private List<ClippingRate> pruning() {
    return grid.rates().subList(1, grid.rates().size());
  }

  private void spectra(Site site) {
    Map<String, Matrix> matrices = Edits.matrices(loaded.model(), site.edit(ClippingRate.ZERO));
    matrices.keySet().removeIf(found::hasSpectrum);
    matrices.forEach(
        (name, w) -> {
          listener.decomposing(name);
          Svd svd = loaded.decompositions().exact(name, w);
          write(SpectrumLine.json(new Spectrum(name, w, svd, grid.rates())));
        });
  }

  /** Makes the model only if one of the cells is missing. */
  private void evaluate(Site site, ClippingRate rate, List<CellKey> keys) {
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
    RunLine line;
    try {
      line = CellsReader.parse(where, text);
    } catch (JsonText.Malformed e) {
      throw new IllegalStateException(e);
    }
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
          VariantEvaluation.of(
              variant, task.task(), task.data(), request.options(key.part(), key.seed()), listener);
    } finally {
      listener.end();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    listener.done((Cell) write(Cell.of(key, evaluation, seconds).toJson()));
    done++;
  }
}
