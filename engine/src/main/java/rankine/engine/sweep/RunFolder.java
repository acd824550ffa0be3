package rankine.engine.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import rankine.common.Json;
import rankine.common.RunException;

/** Reads a run folder, whoever wrote it and however far it is. */
public final class RunFolder {
  private static final int MOST_BYTES = 1 << 20;

  private RunFolder() {}

  /**
   * The run in {@code folder}. A line that is being written, or that a crash tore, is left out.
   *
   * @throws RunException if there is no {@code run.json}, a file is broken, or two lines contradict
   *     each other
   */
  public static SweepRun read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new RunException(
          "%s: expected a run folder, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing"));
    }
    RunIdentity identity = identity(folder);
    return cells(folder).run(folder, identity);
  }

  /** The lines of all cells files. */
  static RunIndex cells(Path folder) {
    RunIndex merged = new RunIndex();
    for (Path file : RunFiles.cells(folder)) {
      CellsReader.read(file, merged::add);
    }
    return merged;
  }

  /** What {@code run.json} says. */
  static RunIdentity identity(Path folder) {
    Path file = RunFiles.identity(folder);
    if (!Files.isRegularFile(file)) {
      throw new RunException(folder + ": run.json: expected a run folder's, found none");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw RunFiles.failed(file, "cannot be read", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new RunException(
          "%s: expected at most %d bytes, found more".formatted(file, MOST_BYTES));
    }
    return RunIdentity.of(Json.of(file.toString(), RunException::new).object(bytes));
  }
}
