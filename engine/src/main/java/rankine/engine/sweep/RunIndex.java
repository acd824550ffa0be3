package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.RunException;

/** Index of the lines of all files of a run; refuses two that contradict each other. */
final class RunIndex {
  /** A cell and its location, such as a file and a line. */
  private record LocatedCell(String location, Cell cell) {}

  private final List<ShardStart> starts = new ArrayList<>();
  private final Map<CellKey, LocatedCell> cells = new LinkedHashMap<>();
  private final Map<CellKey, LocatedCell> firstByPrompts = new HashMap<>();
  private final Map<String, SpectrumLine> spectra = new LinkedHashMap<>();

  /**
   * Adds a line; of equal cells, and of spectra of one matrix, it keeps the first.
   *
   * @throws RunException if a cell contradicts an earlier one: another result, or other prompts for
   *     the same task, seed and split
   */
  void add(String location, RunLine line) {
    switch (line) {
      case ShardStart start -> starts.add(start);
      case Cell cell -> add(new LocatedCell(location, cell));
      case SpectrumLine spectrum -> spectra.putIfAbsent(spectrum.matrix(), spectrum);
    }
  }

  private void add(LocatedCell added) {
    CellKey key = added.cell.key();
    LocatedCell first = firstByPrompts.getOrDefault(key.plain(), added);
    if (!first.cell.hasSamePrompts(added.cell)) {
      throw contradiction(added, first, "the same examples and prompts");
    }
    LocatedCell earlier = cells.getOrDefault(key, added);
    if (!earlier.cell.agreesWith(added.cell)) {
      throw contradiction(added, earlier, "the same result");
    }
    firstByPrompts.putIfAbsent(key.plain(), added);
    cells.putIfAbsent(key, added);
  }

  private static RunException contradiction(LocatedCell added, LocatedCell first, String expected) {
    return new RunException(
        "%s: cell %s: expected %s as in %s (%s), found another"
            .formatted(
                added.location, added.cell.key(), expected, first.location, first.cell.key()));
  }

  boolean has(CellKey key) {
    return cells.containsKey(key);
  }

  boolean hasSpectrum(String matrix) {
    return spectra.containsKey(matrix);
  }

  /** The run with the lines added so far. */
  SweepRun run(Path folder, RunIdentity identity) {
    Map<CellKey, Cell> found = new LinkedHashMap<>();
    cells.forEach((key, located) -> found.put(key, located.cell));
    return new SweepRun(folder, identity, starts, found, spectra);
  }
}
