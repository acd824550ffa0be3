package rankine.engine.lowrank;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import rankine.common.io.Sha256;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * The file format of a decomposition, little-endian: the magic {@code RANKSVD2}; the 32 bytes of
 * the key; int32 m, n and r; a zero int32; float64 rest; r float64 singular values; Uᵀ [r, m] and
 * Vᵀ [r, n] in float32; the SHA-256 of all preceding bytes, so also of the key. Nothing follows.
 */
final class FactorFile {
  /** Incremented with every change of the format or of the computed values. */
  static final int VERSION = 2;

  /** "RANKSVD2" in little-endian order. */
  private static final long MAGIC = 0x32445653_4b4e4152L;

  private static final int HEADER_BYTES = 8 + 32 + 16 + 8;
  private static final int HASH_BYTES = 32;
  private static final int CHUNK = 1 << 24;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** An invalid file; the message says what was expected and found. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1L;

    Damaged(String what, Object expected, Object found) {
      super("%s: expected %s, found %s".formatted(what, expected, found));
    }
  }

  private FactorFile() {}

  private static long size(int m, int n, int r) {
    return HEADER_BYTES + r * 8L + r * 4L * m + r * 4L * n + HASH_BYTES;
  }

  static void write(Path file, FactorKey key, Svd svd) throws IOException {
    int m = svd.u().rows();
    int n = svd.v().rows();
    int r = svd.rank();
    MemorySegment head = MemorySegment.ofArray(new byte[HEADER_BYTES + 8 * r]);
    head.set(LONG, 0, MAGIC);
    MemorySegment.copy(MemorySegment.ofArray(key.hash()), 0, head, 8, 32);
    head.set(INT, 40, m);
    head.set(INT, 44, n);
    head.set(INT, 48, r);
    head.set(DOUBLE, 56, svd.rest());
    for (int i = 0; i < r; i++) {
      head.set(DOUBLE, HEADER_BYTES + 8L * i, svd.s()[i]);
    }
    Sha256 hash = new Sha256();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      append(channel, head, hash);
      append(channel, columns(svd.u()), hash);
      append(channel, columns(svd.v()), hash);
      append(channel, MemorySegment.ofArray(hash.bytes()), hash);
    }
  }

  /** Returns the memory of a factor: contiguous columns without gaps. */
  private static MemorySegment columns(Matrix factor) {
    if (factor.dtype() != DType.F32
        || factor.rowStride() != 1
        || factor.colStride() != factor.rows()) {
      throw new IllegalArgumentException("factors: expected dense float32 columns");
    }
    return factor.data().asSlice(0, (long) factor.rows() * factor.cols() * Float.BYTES);
  }

  private static void append(FileChannel channel, MemorySegment data, Sha256 hash)
      throws IOException {
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      ByteBuffer chunk = FactorKey.bytes(data.asSlice(at, Math.min(CHUNK, data.byteSize() - at)));
      hash.add(chunk.duplicate());
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }
  }

  /**
   * Reads the decomposition of a matrix [m, n].
   *
   * @throws Damaged if it is another file, or incomplete
   */
  static Svd read(Path file, FactorKey key, int m, int n) throws IOException {
    if (!Files.isRegularFile(file)) {
      // Opening a named pipe would wait for a writer.
      throw new Damaged("file", "a regular file", "something else");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      Sha256 hash = new Sha256();
      long size = channel.size();
      if (size < HEADER_BYTES + HASH_BYTES) {
        throw new Damaged("size", "at least " + (HEADER_BYTES + HASH_BYTES), size);
      }
      MemorySegment head = load(channel, HEADER_BYTES, hash);
      expect("magic", Long.toHexString(MAGIC), Long.toHexString(head.get(LONG, 0)));
      byte[] found = head.asSlice(8, 32).toArray(ValueLayout.JAVA_BYTE);
      expect("key", key.hex(), new FactorKey(found).hex());
      expect("rows", m, head.get(INT, 40));
      expect("columns", n, head.get(INT, 44));
      int r = head.get(INT, 48);
      if (r < 1 || r > Math.min(m, n)) {
        throw new Damaged("rank", "1 to " + Math.min(m, n), r);
      }
      expect("size", size(m, n, r), size);
      MemorySegment values = load(channel, 8L * r, hash);
      double[] s = new double[r];
      for (int i = 0; i < r; i++) {
        s[i] = values.get(DOUBLE, 8L * i);
      }
      MemorySegment u = load(channel, 4L * r * m, hash);
      MemorySegment v = load(channel, 4L * r * n, hash);
      byte[] expected = hash.bytes();
      byte[] stored = load(channel, HASH_BYTES, hash).toArray(ValueLayout.JAVA_BYTE);
      expect("SHA-256", HexFormat.of().formatHex(expected), HexFormat.of().formatHex(stored));
      return new Svd(
          Matrix.rowMajor(u, DType.F32, r, m).transposed(),
          s,
          Matrix.rowMajor(v, DType.F32, r, n).transposed(),
          head.get(DOUBLE, 56));
    }
  }

  static void expect(String what, Object expected, Object found) throws Damaged {
    if (!expected.equals(found)) {
      throw new Damaged(what, expected, found);
    }
  }

  /** Reads the next {@code length} bytes into new memory, because the file may change later. */
  private static MemorySegment load(FileChannel channel, long length, Sha256 hash)
      throws IOException {
    MemorySegment memory = Arena.ofAuto().allocate(length, 64);
    for (long at = 0; at < length; at += CHUNK) {
      ByteBuffer chunk = memory.asSlice(at, Math.min(CHUNK, length - at)).asByteBuffer();
      while (chunk.hasRemaining()) {
        if (channel.read(chunk) < 0) {
          throw new EOFException("ended while it was read");
        }
      }
      hash.add(chunk.flip());
    }
    return memory;
  }
}
