package rankine.engine.sweep;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;

/**
 * Starts a run in a folder, or checks that the folder holds the same run already. Processes that
 * start at the same time take turns, by a lock that the system releases when the process ends.
 */
final class RunFolderStart {
  private static final String LOCK = "run.lock";
  private static final String TEMPORARY = ".run.json.";

  private RunFolderStart() {}

  /**
   * Writes {@code identity} to {@code run.json} if the file is missing; afterwards the file equals
   * {@code identity}.
   *
   * @throws RunException if the folder holds another run, or files of no run, or cannot be written
   */
  static void of(Path folder, RunIdentity identity) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new RunException(folder + ": expected a folder, found a file", e);
    } catch (IOException e) {
      throw RunFiles.failed(folder, "cannot be created", e);
    }
    if (!Files.exists(RunFiles.identity(folder))) {
      refuseForeign(folder);
    }
    Path lock = folder.resolve(LOCK);
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock held = channel.lock(); // until the channel is closed
      if (held.isValid() && !Files.exists(RunFiles.identity(folder))) {
        write(folder, identity);
      }
    } catch (OverlappingFileLockException e) {
      throw new RunException(
          lock + ": expected no other run of this process to hold it, found one", e);
    } catch (IOException e) {
      throw RunFiles.failed(lock, "cannot be locked", e);
    }
    RunFolder.identity(folder).requireSame(RunFiles.identity(folder).toString(), identity);
  }

  /**
   * Refuses a folder with other files; those of a process killed before it wrote {@code run.json}
   * are allowed.
   */
  private static void refuseForeign(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean ours = name.equals(LOCK) || name.startsWith(TEMPORARY);
        // Checked again: another shard may have started the run since.
        if (!ours && !Files.exists(RunFiles.identity(folder))) {
          throw new RunException(
              "%s: expected a run folder or an empty one, found %s and no run.json"
                  .formatted(folder, name));
        }
      }
    } catch (IOException e) {
      throw RunFiles.failed(folder, "cannot be read", e);
    }
  }

  private static void write(Path folder, RunIdentity identity) {
    Path target = RunFiles.identity(folder);
    String text = identity.toJson().toPrettyString() + "\n";
    try {
      AtomicFile.write(
          target, temporary -> Files.writeString(temporary, text, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw RunFiles.failed(target, "cannot be written", e);
    }
  }
}
