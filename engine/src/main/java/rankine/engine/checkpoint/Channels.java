package rankine.engine.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/** Full reads and writes of file channels: a single channel call may transfer only a part. */
final class Channels {
  private static final int READ_BYTES = 1 << 20;

  private Channels() {}

  /**
   * Opens {@code file} for reading. Accepts regular files only, because a pipe or a device could
   * block forever.
   *
   * @throws CheckpointException {@link Fault#IO} if the file is absent or not a regular file
   */
  static FileChannel open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw notRegular(file);
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * Returns the error for a file that is absent, a link to nothing, a folder, a pipe or a device.
   */
  static CheckpointException notRegular(Path file) {
    String absent = Files.isSymbolicLink(file) ? "a link to nothing" : "nothing";
    String found = Files.exists(file) ? "something else" : absent;
    return CheckpointException.of(Fault.IO, file, "expected a regular file, found " + found);
  }

  /** Fills {@code buffer} from byte {@code position} of the file and flips it. */
  static void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
    long at = position;
    int end = buffer.limit();
    while (buffer.position() < end) {
      // Bounded reads: the JDK keeps a direct buffer as large as the largest single read.
      buffer.limit(Math.min(end, buffer.position() + READ_BYTES));
      int n = channel.read(buffer, at);
      if (n < 0) {
        throw new EOFException("ended at byte " + at);
      }
      at += n;
    }
    buffer.flip();
  }

  /** Writes the remaining bytes of {@code buffer} at the channel's position. */
  static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Copies bytes [start, end) of {@code from} to the position of {@code to}. */
  static void transfer(FileChannel from, long start, long end, FileChannel to) throws IOException {
    for (long at = start; at < end; ) {
      long n = from.transferTo(at, end - at, to);
      if (n <= 0) {
        throw new EOFException("ended at byte " + at);
      }
      at += n;
    }
  }
}
