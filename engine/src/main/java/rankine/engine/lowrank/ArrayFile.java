package rankine.engine.lowrank;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import rankine.common.io.Sha256;

/**
 * The file format of float64 arrays, little-endian: the magic {@code RANKARR1}; the 32 bytes of the
 * key; int64 count; an int64 length of each; the elements; the SHA-256 of all preceding bytes, so
 * also of the key. Nothing follows.
 */
final class ArrayFile {
  /** "RANKARR1" in little-endian order. */
  private static final long MAGIC = 0x31525241_4b4e4152L;

  private static final int HASH_BYTES = 32;
  private static final int HEADER_BYTES = 8 + HASH_BYTES + 8;

  /** More arrays are damage. */
  private static final int MAX_ARRAYS = 16;

  private static final int CHUNK = 1 << 24;

  private ArrayFile() {}

  static void write(Path file, FactorKey key, List<double[]> arrays) throws IOException {
    ByteBuffer head = allocate(HEADER_BYTES + 8 * arrays.size());
    head.putLong(MAGIC).put(key.hash()).putLong(arrays.size());
    arrays.forEach(array -> head.putLong(array.length));
    Sha256 hash = new Sha256();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      append(channel, head.flip(), hash);
      ByteBuffer chunk = allocate(CHUNK);
      for (double[] array : arrays) {
        for (int at = 0; at < array.length; at += CHUNK / 8) {
          int count = Math.min(CHUNK / 8, array.length - at);
          chunk.clear().asDoubleBuffer().put(array, at, count);
          append(channel, chunk.limit(8 * count), hash);
        }
      }
      append(channel, ByteBuffer.wrap(hash.bytes()), hash);
    }
  }

  private static void append(FileChannel channel, ByteBuffer bytes, Sha256 hash)
      throws IOException {
    hash.add(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads the arrays.
   *
   * @throws FactorFile.Damaged if it is another file, or incomplete
   */
  static List<double[]> read(Path file, FactorKey key) throws IOException {
    if (!Files.isRegularFile(file)) {
      // Opening a named pipe would wait for a writer.
      throw new FactorFile.Damaged("file", "a regular file", "something else");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      Sha256 hash = new Sha256();
      ByteBuffer head = load(channel, allocate(HEADER_BYTES), hash);
      FactorFile.expect("magic", Long.toHexString(MAGIC), Long.toHexString(head.getLong()));
      byte[] found = new byte[HASH_BYTES];
      head.get(found);
      FactorFile.expect("key", key.hex(), new FactorKey(found).hex());
      long count = head.getLong();
      if (count < 0 || count > MAX_ARRAYS) {
        throw new FactorFile.Damaged("arrays", "0 to " + MAX_ARRAYS, count);
      }
      ByteBuffer lengths = load(channel, allocate(8 * (int) count), hash);
      long left = channel.size() - channel.position() - HASH_BYTES;
      long[] sizes = new long[(int) count];
      for (int i = 0; i < count; i++) {
        sizes[i] = lengths.getLong();
        if (sizes[i] < 0 || sizes[i] > Math.min(left / 8, Integer.MAX_VALUE - 8)) {
          throw new FactorFile.Damaged("length", "0 to " + left / 8, sizes[i]);
        }
        left -= 8 * sizes[i];
      }
      FactorFile.expect("bytes after the arrays", 0L, left);
      List<double[]> arrays = new ArrayList<>();
      ByteBuffer chunk = allocate(CHUNK);
      for (long size : sizes) {
        double[] array = new double[(int) size];
        for (int at = 0; at < array.length; at += CHUNK / 8) {
          int some = Math.min(CHUNK / 8, array.length - at);
          load(channel, chunk.clear().limit(8 * some), hash).asDoubleBuffer().get(array, at, some);
        }
        arrays.add(array);
      }
      byte[] expected = hash.bytes();
      byte[] stored = load(channel, allocate(HASH_BYTES), hash).array();
      FactorFile.expect(
          "SHA-256", HexFormat.of().formatHex(expected), HexFormat.of().formatHex(stored));
      return arrays;
    }
  }

  /** Fills the buffer from the file and flips it. */
  private static ByteBuffer load(FileChannel channel, ByteBuffer buffer, Sha256 hash)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("ended while it was read");
      }
    }
    hash.add(buffer.flip().duplicate());
    return buffer;
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
