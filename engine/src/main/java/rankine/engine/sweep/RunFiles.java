package rankine.engine.sweep;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import rankine.common.RunException;

/** File names of a run folder. */
final class RunFiles {
  private RunFiles() {}

  static Path identity(Path folder) {
    return folder.resolve("run.json");
  }

  static Path cells(Path folder, Shard shard) {
    return folder.resolve("cells-%d-of-%d.jsonl".formatted(shard.index(), shard.count()));
  }

  static Path lock(Path folder, Shard shard) {
    return folder.resolve("cells-%d-of-%d.lock".formatted(shard.index(), shard.count()));
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

  /** Forces a folder's entries to disk, where the system can open a folder. */
  static void force(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no folder, and writes entries at once.
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** Returns the exception for a failed file operation. */
  static RunException failed(Path file, String failure, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "no permission";
          default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    return new RunException("%s: %s: %s".formatted(file, failure, reason), e);
  }
}
