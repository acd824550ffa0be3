package rankine.engine.sweep;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rankine.common.RunException;
import rankine.common.io.Shown;

/** File names of a run folder. */
final class RunFiles {
  private RunFiles() {}

  static Path identity(Path folder) {
    return folder.resolve("run.json");
  }

  static Path cells(Path folder, Shard shard) {
    return folder.resolve("cells-" + shard.index() + "-of-" + shard.count() + ".jsonl");
  }

  static Path lock(Path folder, Shard shard) {
    return folder.resolve("cells-" + shard.index() + "-of-" + shard.count() + ".lock");
  }

  /** Whether a file of that name in a run folder belongs to the run. */
  static boolean isOwn(String name) {
    return name.startsWith("run.") || name.startsWith("cells-");
  }

  /** All cells files, in the order of their names. */
  static List<Path> cells(Path folder) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "cells-*.jsonl")) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw failed(folder, "cannot be read", e);
    }
    files.sort(null);
    return files;
  }

  /** Creates the exception for a file that cannot be read or written. */
  static RunException failed(Path file, String what, IOException e) {
    return new RunException("%s: %s: %s".formatted(file, what, Shown.reason(e)), e);
  }
}
