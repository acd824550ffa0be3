package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import rankine.common.RunException;

/**
 * Adds lines to a run folder, which it holds for a shard. Parses each line as readers will and
 * indexes it before it is written, so a line that contradicts the folder is refused.
 */
final class RunWriter implements AutoCloseable {
  private final CellsFile file;
  private final RunIndex index;

  private RunWriter(CellsFile file, RunIndex index) {
    this.file = file;
    this.index = index;
  }

  /**
   * Starts or continues a run.
   *
   * @throws RunException if the folder holds another run, another process writes this shard's file,
   *     or the file cannot be written
   */
  // The returned object owns the file and closes it.
  @SuppressWarnings("MustBeClosedChecker")
  static RunWriter open(Path folder, RunIdentity identity, Shard shard) {
    RunFolderStart.of(folder, identity);
    CellsFile file = CellsFile.open(folder, shard);
    try {
      return new RunWriter(file, RunFolder.cells(folder));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The finished cells of the folder, those of other shards included. */
  Map<CellKey, Cell> cells() {
    return index.cells();
  }

  boolean hasSpectrum(String matrix) {
    return index.hasSpectrum(matrix);
  }

  /** Appends a line. */
  RunLine write(ObjectNode json) {
    byte[] text = bytes(json.toString());
    RunLine line = CellsReader.parse(location(), text);
    index.add(location(), line);
    file.append(text);
    return line;
  }

  /**
   * Appends a line that another process made, unless the folder has it.
   *
   * @return what was appended
   * @throws RunException if it contradicts the folder, such as a cell with another result
   */
  Optional<RunLine> writeNew(String text) {
    byte[] bytes = bytes(text);
    RunLine line = CellsReader.parse(location(), bytes);
    boolean known =
        switch (line) {
          case Cell cell -> cells().containsKey(cell.key());
          case SpectrumLine spectrum -> hasSpectrum(spectrum.matrix());
          case ShardStart _ -> false;
        };
    index.add(location(), line);
    if (known) {
      return Optional.empty();
    }
    file.append(bytes);
    return Optional.of(line);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String location() {
    return file.path().toString();
  }

  @Override
  public void close() {
    file.close();
  }
}
