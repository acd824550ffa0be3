package rankine.engine.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a run folder, whoever wrote it and however far it is. */
public final class RunFolder {
  private static final int MOST_BYTES = 1 << 20;

  private final Path folder;
  private final List<Begin> begins = new ArrayList<>();
  private final Map<CellKey, Cell> cells = new LinkedHashMap<>();
  private final Map<CellKey, String> places = new LinkedHashMap<>();
  private final Map<CellKey, Cell> asked = new LinkedHashMap<>();
  private final Map<String, SpectrumLine> spectra = new LinkedHashMap<>();

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * The run in {@code folder}. A line that is being written, or that a crash tore, is left out.
   *
   * @throws SweepException if there is no {@code run.json}, a file is broken, or two lines
   *     contradict each other
   */
  public static SweepRun read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new SweepException(
          "%s: expected a run folder, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing"));
    }
    RunIdentity identity = identity(folder);
    RunFolder reading = new RunFolder(folder);
    for (Path file : RunFiles.cells(folder)) {
      CellsReader.read(file, reading::add);
    }
    return new SweepRun(reading.folder, identity, reading.begins, reading.cells, reading.spectra);
  }

  static RunIdentity identity(Path folder) {
    Path file = RunFiles.identity(folder);
    if (!Files.isRegularFile(file)) {
      throw new SweepException(folder + ": run.json: expected a run folder's, found none");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw RunFiles.failed(file, "cannot be read", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new SweepException(
          "%s: expected at most %d bytes, found more".formatted(file, MOST_BYTES));
    }
    try {
      return RunIdentity.of(Fields.parse(file.toString(), bytes));
    } catch (Fields.Malformed e) {
      throw new SweepException(file + ": " + e.getMessage(), e);
    }
  }

  private void add(String where, RunLine line) {
    switch (line) {
      case Begin begin -> begins.add(begin);
      case Cell cell -> add(where, cell);
      case SpectrumLine spectrum -> spectra.putIfAbsent(spectrum.matrix(), spectrum);
    }
  }

  private void add(String where, Cell cell) {
    Cell known = cells.putIfAbsent(cell.key(), cell);
    if (known == null) {
      places.put(cell.key(), where);
    } else if (!known.agreesWith(cell)) {
      throw contradiction(where, cell, known, "the same result");
    }
    Cell first = asked.putIfAbsent(cell.key().questions(), cell);
    if (first != null && !first.asksTheSame(cell)) {
      throw contradiction(where, cell, first, "the same examples and prompts");
    }
  }

  private SweepException contradiction(String where, Cell cell, Cell first, String expected) {
    return new SweepException(
        "%s: cell %s: expected %s as in %s (%s), found another"
            .formatted(where, cell.key(), expected, places.get(first.key()), first.key()));
  }
}
