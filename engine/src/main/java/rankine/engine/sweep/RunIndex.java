package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
  private final Map<CellKey, Cell> cells = new LinkedHashMap<>();
  private final Map<CellKey, String> locations = new HashMap<>();
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
    if (!first.cell.evaluation().hasSamePrompts(added.cell.evaluation())) {
      throw contradiction(added, first, "the same examples and prompts");
    }
    Cell earlier = cells.getOrDefault(key, added.cell);
    if (!earlier.agreesWith(added.cell)) {
      throw contradiction(added, new LocatedCell(locations.get(key), earlier), "the same result");
    }
    firstByPrompts.putIfAbsent(key.plain(), added);
    cells.putIfAbsent(key, added.cell);
    locations.putIfAbsent(key, added.location);
  }

  private static RunException contradiction(LocatedCell added, LocatedCell first, String expected) {
    return new RunException(
        "%s: cell %s: expected %s as in %s (%s), found another"
            .formatted(
                added.location, added.cell.key(), expected, first.location, first.cell.key()));
  }

  /** The cells added so far, in order. */
  Map<CellKey, Cell> cells() {
    return Collections.unmodifiableMap(cells);
  }

  boolean hasSpectrum(String matrix) {
    return spectra.containsKey(matrix);
  }

  /** The run with the lines added so far. */
  SweepRun run(Path folder, RunIdentity identity) {
    return new SweepRun(folder, identity, starts, cells, spectra);
  }
}
