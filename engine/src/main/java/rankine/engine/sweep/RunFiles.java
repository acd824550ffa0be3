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

/** The names of a run folder's files. */
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

  /** Lets the names in a folder reach the disk, where the system can open a folder. */
  static void force(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no folder, and writes their entries at once.
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** A failed operation of the file system. */
  static RunException failed(Path file, String what, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "no permission";
          default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    return new RunException("%s: %s: %s".formatted(file, what, why), e);
  }
}
