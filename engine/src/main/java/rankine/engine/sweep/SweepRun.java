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
 * A run folder as it was read, all its files together.
 *
 * @param begins one a process that started, file after file
 * @param cells what is done, in the order found
 * @param spectra by the matrix's name; only of runs with exact decompositions
 */
public record SweepRun(
    Path folder,
    RunIdentity identity,
    List<ShardStart> begins,
    Map<CellKey, Cell> cells,
    Map<String, SpectrumLine> spectra) {

  /** Copies the collections and keeps their order. */
  public SweepRun {
    begins = List.copyOf(begins);
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
    spectra = Collections.unmodifiableMap(new LinkedHashMap<>(spectra));
  }

  /** The groups of all grids together, each with its rates, in the order in which they came. */
  public SequencedMap<SearchKey, NavigableSet<PruningRate>> groups() {
    SequencedMap<SearchKey, NavigableSet<PruningRate>> groups = new LinkedHashMap<>();
    Set<SweepGrid> grids = new LinkedHashSet<>(begins.stream().map(ShardStart::grid).toList());
    for (SweepGrid grid : grids) {
      for (SearchKey group : grid.groups()) {
        groups.computeIfAbsent(group, _ -> new TreeSet<>()).addAll(grid.rates());
      }
    }
    return groups;
  }

  /** What is known of every group. */
  public List<GroupResult> results() {
    List<GroupResult> results = new ArrayList<>();
    groups().forEach((group, rates) -> results.add(GroupResult.of(this, group, rates)));
    return results;
  }

  /**
   * The cells that are expected and not there. A group's test cells can be named only when its
   * validation is done; until then they are not counted.
   */
  public List<CellKey> missing() {
    Set<CellKey> missing = new LinkedHashSet<>();
    results().forEach(result -> missing.addAll(result.missing()));
    return List.copyOf(missing);
  }

  /** The plain model's cells: one a task, seed and part. */
  public List<Cell> plain(EvaluationSplit part) {
    return cells.values().stream()
        .filter(cell -> cell.key().isPlain() && cell.key().part() == part)
        .toList();
  }
}
