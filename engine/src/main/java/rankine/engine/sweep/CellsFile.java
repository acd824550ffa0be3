package rankine.engine.sweep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;

/**
 * Appends to a shard's cells file. One process at a time holds it, by a lock that the system
 * releases when the process ends. Opening truncates a torn last line; each line is forced to disk
 * before the next.
 */
final class CellsFile implements AutoCloseable {
  private final Path file;
  private final FileChannel lock;
  private final FileChannel channel;

  /**
   * Appends at {@code channel}'s position, its end.
   *
   * @param lock closed with the file, which releases it
   */
  CellsFile(Path file, FileChannel lock, FileChannel channel) {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
  }

  /**
   * Opens the shard's file, creates it if it is missing, and truncates a torn last line.
   *
   * @throws RunException if another process holds it, it is malformed, or it cannot be written
   */
  // The returned object owns both channels and closes them.
  @SuppressWarnings("MustBeClosedChecker")
  static CellsFile open(Path folder, Shard shard) {
    Path file = RunFiles.cells(folder, shard);
    FileChannel lock = lock(RunFiles.lock(folder, shard), file);
    try {
      long validBytes = Files.exists(file) ? CellsReader.read(file, (location, line) -> {}) : 0;
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(validBytes).position(validBytes);
      channel.force(true);
      AtomicFile.force(folder);
      return new CellsFile(file, lock, channel);
    } catch (IOException e) {
      close(lock);
      throw RunFiles.failed(file, "cannot be written", e);
    } catch (RuntimeException e) {
      close(lock);
      throw e;
    }
  }

  private static FileChannel lock(Path path, Path file) {
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        close(channel);
        throw new RunException(
            file + ": expected no other process to write it, found one that holds " + path);
      }
      return channel;
    } catch (IOException e) {
      throw RunFiles.failed(path, "cannot be locked", e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock acquired = channel.tryLock();
      return acquired != null;
    } catch (OverlappingFileLockException e) {
      return false; // another run of this process holds it
    }
  }

  /**
   * Appends a line, given without its line break. On failure the file keeps its previous content.
   *
   * @throws RunException that names the file
   */
  void append(byte[] line) {
    long end = -1;
    try {
      end = channel.position();
      ByteBuffer buffer = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    } catch (IOException e) {
      truncate(end);
      throw RunFiles.failed(file, "cannot be written", e);
    }
  }

  private void truncate(long end) {
    try {
      if (end >= 0) {
        channel.truncate(end);
      }
    } catch (IOException e) {
      // The torn line stays: readers skip it, and the next process truncates it.
      return;
    }
  }

  @Override
  public void close() {
    close(channel);
    close(lock);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Every line was forced to disk before: nothing can be lost here.
      return;
    }
  }

  /** The path, for messages. */
  Path path() {
    return file;
  }
}
