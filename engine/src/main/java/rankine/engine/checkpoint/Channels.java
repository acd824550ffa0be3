package rankine.engine.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Whole reads and writes on a channel, which itself may do them in part. */
final class Channels {
  private Channels() {}

  /** Fills {@code buffer} from {@code position} of the file and flips it. */
  static void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, at);
      if (n < 0) {
        throw new EOFException("ended at byte " + at);
      }
      at += n;
    }
    buffer.flip();
  }

  /** Writes what remains in {@code buffer} at the channel's position. */
  static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
