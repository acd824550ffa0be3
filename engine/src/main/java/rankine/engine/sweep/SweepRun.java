package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;

/**
 * Content of a run folder, all its files together.
 *
 * @param starts one per process start, file after file
 * @param cells finished evaluations, in file order
 * @param spectra by the matrix's name; only for runs with exact decompositions
 */
public record SweepRun(
    Path folder,
    RunIdentity identity,
    List<ShardStart> starts,
    Map<CellKey, Cell> cells,
    Map<String, SpectrumLine> spectra) {

  /** Copies the collections and keeps their order. */
  public SweepRun {
    starts = List.copyOf(starts);
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
    spectra = Collections.unmodifiableMap(new LinkedHashMap<>(spectra));
  }

  /** The search keys of all grids, each with its rates, in order of appearance. */
  public SequencedMap<SearchKey, NavigableSet<PruningRate>> searchKeys() {
    SequencedMap<SearchKey, NavigableSet<PruningRate>> searchKeys = new LinkedHashMap<>();
    Set<SweepGrid> grids = new LinkedHashSet<>(starts.stream().map(ShardStart::grid).toList());
    for (SweepGrid grid : grids) {
      for (SearchKey key : grid.searchKeys()) {
        searchKeys.computeIfAbsent(key, _ -> new TreeSet<>()).addAll(grid.rates(key.target()));
      }
    }
    return searchKeys;
  }

  /** The result of every group, finished or not. */
  public List<GroupResult> results() {
    List<GroupResult> results = new ArrayList<>();
    searchKeys()
        .forEach((key, rates) -> results.add(GroupResult.of(cells, identity.test(), key, rates)));
    return results;
  }

  /**
   * The expected cells that are not finished. Unless every rate is tested, a group's test cells are
   * known only after its validation; until then they are not counted.
   */
  public List<CellKey> missing() {
    Set<CellKey> missing = new LinkedHashSet<>();
    results().forEach(result -> missing.addAll(result.missing()));
    return List.copyOf(missing);
  }

  /** The unedited model's cells: one per task, seed and split. */
  public List<Cell> plain(EvaluationSplit split) {
    return cells.values().stream()
        .filter(cell -> cell.key().isPlain() && cell.key().split() == split)
        .toList();
  }
}
