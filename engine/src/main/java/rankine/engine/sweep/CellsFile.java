package rankine.engine.sweep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import rankine.common.AtomicFile;
import rankine.common.RunException;

/**
 * A cells file to append to. One process at a time holds it, by a lock that ends with the process;
 * what a crash tore is cut off when it is opened; each line is on the disk before the next.
 */
final class CellsFile implements AutoCloseable {
  private final Path file;
  private final FileChannel lock;
  private final FileChannel channel;

  /**
   * Appends to {@code channel}, whose position is its end.
   *
   * @param lock closed with the file, which frees it
   */
  CellsFile(Path file, FileChannel lock, FileChannel channel) {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
  }

  /**
   * Opens the shard's file, makes it if it is not there, and cuts off what is torn.
   *
   * @throws RunException if another process has it, it is broken, or cannot be written
   */
  // What is returned owns both channels, and closes them.
  @SuppressWarnings("MustBeClosedChecker")
  static CellsFile open(Path folder, Shard shard) {
    Path file = RunFiles.cells(folder, shard);
    FileChannel lock = lock(RunFiles.lock(folder, shard), file);
    try {
      long whole = Files.exists(file) ? CellsReader.read(file, (where, line) -> {}) : 0;
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(whole).position(whole);
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
      if (!held(channel)) {
        close(channel);
        throw new RunException(
            file + ": expected no other process to write it, found one that holds " + path);
      }
      return channel;
    } catch (IOException e) {
      throw RunFiles.failed(path, "cannot be locked", e);
    }
  }

  private static boolean held(FileChannel channel) throws IOException {
    try {
      FileLock got = channel.tryLock();
      return got != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process has it, in another run
    }
  }

  /**
   * Appends a line, given without its break. If it cannot be written, the file is left as it was
   * before.
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
      cut(end);
      throw RunFiles.failed(file, "cannot be written", e);
    }
  }

  private void cut(long end) {
    try {
      if (end >= 0) {
        channel.truncate(end);
      }
    } catch (IOException e) {
      // Then a torn line stays; whoever reads leaves it out, and the next process cuts it off.
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
      // Every line has been forced to the disk: nothing can be lost here.
      return;
    }
  }

  /** For messages. */
  Path path() {
    return file;
  }
}
