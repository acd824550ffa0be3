package rankine.engine.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rankine.common.RunException;
import rankine.common.io.Json;

/** Reads a run folder in any state, finished or not. */
public final class RunFolder {
  private static final int MAX_BYTES = 1 << 20;

  private RunFolder() {}

  /**
   * Reads the run in {@code folder}. Skips a last line that is incomplete: being written, or torn
   * by a crash.
   *
   * @throws RunException if {@code run.json} is missing, a file is malformed, or two lines
   *     contradict each other
   */
  public static SweepRun read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new RunException(
          "%s: expected a run folder, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing"));
    }
    RunIdentity identity = identity(folder);
    SweepRun run = cells(folder).run(folder, identity);
    run.starts().forEach(start -> identity.requireSettings(folder, start.grid()));
    return run;
  }

  /** Returns the files of the run in {@code folder}, in any state; none if there is no folder. */
  public static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      files.addAll(RunFiles.cells(folder));
      if (Files.exists(RunFiles.identity(folder))) {
        files.add(RunFiles.identity(folder));
      }
    }
    return files;
  }

  /**
   * Refuses another file whose name in {@code folder} would make it one of the run's.
   *
   * @throws RunException for the name of a cells file, a lock or run.json
   */
  public static void requireForeign(Path folder, Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    String name = String.valueOf(file.getFileName());
    try {
      if (Files.isDirectory(folder)
          && Files.isDirectory(parent)
          && Files.isSameFile(parent, folder)
          && RunFiles.isOwn(name)) {
        throw new RunException(
            "%s: expected a file outside the run, found the run's own %s".formatted(file, name));
      }
    } catch (IOException e) {
      throw RunFiles.failed(folder, "cannot be read", e);
    }
  }

  /** Reads the lines of all cells files. */
  static RunIndex cells(Path folder) {
    RunIndex index = new RunIndex();
    for (Path file : RunFiles.cells(folder)) {
      CellsReader.read(file, index::add);
    }
    return index;
  }

  /** Reads {@code run.json}. */
  static RunIdentity identity(Path folder) {
    Path file = RunFiles.identity(folder);
    if (!Files.isRegularFile(file)) {
      throw new RunException(folder + ": run.json: expected a file, found none");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw RunFiles.failed(file, "cannot be read", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new RunException(
          "%s: expected at most %d bytes, found more".formatted(file, MAX_BYTES));
    }
    return RunIdentity.of(Json.of(file.toString(), RunException::new).object(bytes));
  }
}
