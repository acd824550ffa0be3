package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.RunException;

/** The lines of a run's files, put together; two that contradict each other are refused. */
final class RunIndex {
  /** A cell and where it stands, such as a file and a line. */
  private record Placed(String where, Cell cell) {}

  private final List<ShardStart> begins = new ArrayList<>();
  private final Map<CellKey, Placed> cells = new LinkedHashMap<>();
  private final Map<CellKey, Placed> asked = new HashMap<>();
  private final Map<String, SpectrumLine> spectra = new LinkedHashMap<>();

  /**
   * Adds a line; of equal cells and of spectra of one matrix the first is kept.
   *
   * @throws RunException if a cell contradicts one that is there: another result, or others of its
   *     task, seed and part were asked other prompts
   */
  void add(String where, RunLine line) {
    switch (line) {
      case ShardStart begin -> begins.add(begin);
      case Cell cell -> add(new Placed(where, cell));
      case SpectrumLine spectrum -> spectra.putIfAbsent(spectrum.matrix(), spectrum);
    }
  }

  private void add(Placed found) {
    CellKey key = found.cell.key();
    Placed first = asked.getOrDefault(key.questions(), found);
    if (!first.cell.asksTheSame(found.cell)) {
      throw contradiction(found, first, "the same examples and prompts");
    }
    Placed known = cells.getOrDefault(key, found);
    if (!known.cell.agreesWith(found.cell)) {
      throw contradiction(found, known, "the same result");
    }
    asked.putIfAbsent(key.questions(), found);
    cells.putIfAbsent(key, found);
  }

  private static RunException contradiction(Placed found, Placed first, String expected) {
    return new RunException(
        "%s: cell %s: expected %s as in %s (%s), found another"
            .formatted(found.where, found.cell.key(), expected, first.where, first.cell.key()));
  }

  boolean has(CellKey key) {
    return cells.containsKey(key);
  }

  boolean hasSpectrum(String matrix) {
    return spectra.containsKey(matrix);
  }

  /** What is there now. */
  SweepRun run(Path folder, RunIdentity identity) {
    Map<CellKey, Cell> found = new LinkedHashMap<>();
    cells.forEach((key, placed) -> found.put(key, placed.cell));
    return new SweepRun(folder, identity, begins, found, spectra);
  }
}
