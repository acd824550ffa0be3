package rankine.engine.lowrank;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * The file format of a decomposition, little-endian: the magic {@code RANKSVD1}; the 32 bytes of
 * the key; int32 m, n and r; a zero int32; float64 rest; r float64 singular values; Uᵀ [r, m] and
 * Vᵀ [r, n] in float32; an int64 with the CRC-32C of all preceding bytes. Nothing follows.
 */
final class FactorFile {
  /** Incremented with every change of the format or of the computed values. */
  static final int VERSION = 1;

  /** "RANKSVD1" in little-endian order. */
  private static final long MAGIC = 0x31445653_4b4e4152L;

  private static final int HEADER_BYTES = 8 + 32 + 16 + 8;
  private static final int CHECKSUM_BYTES = 8;
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
    return HEADER_BYTES + r * 8L + r * 4L * m + r * 4L * n + CHECKSUM_BYTES;
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
    CRC32C sum = new CRC32C();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      append(channel, head, sum);
      append(channel, columns(svd.u()), sum);
      append(channel, columns(svd.v()), sum);
      MemorySegment tail = MemorySegment.ofArray(new byte[CHECKSUM_BYTES]);
      tail.set(LONG, 0, sum.getValue());
      append(channel, tail, sum);
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

  private static void append(FileChannel channel, MemorySegment data, CRC32C sum)
      throws IOException {
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      ByteBuffer chunk = data.asSlice(at, Math.min(CHUNK, data.byteSize() - at)).asByteBuffer();
      sum.update(chunk.duplicate());
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
    try (FileChannel channel = FileChannel.open(file)) {
      CRC32C sum = new CRC32C();
      long size = channel.size();
      if (size < HEADER_BYTES + CHECKSUM_BYTES) {
        throw new Damaged("size", "at least " + (HEADER_BYTES + CHECKSUM_BYTES), size);
      }
      MemorySegment head = load(channel, HEADER_BYTES, sum);
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
      MemorySegment values = load(channel, 8L * r, sum);
      double[] s = new double[r];
      for (int i = 0; i < r; i++) {
        s[i] = values.get(DOUBLE, 8L * i);
      }
      MemorySegment u = load(channel, 4L * r * m, sum);
      MemorySegment v = load(channel, 4L * r * n, sum);
      long expected = sum.getValue();
      long checksum = load(channel, CHECKSUM_BYTES, sum).get(LONG, 0);
      expect("checksum", Long.toHexString(expected), Long.toHexString(checksum));
      return new Svd(
          Matrix.rowMajor(u, DType.F32, r, m).transposed(),
          s,
          Matrix.rowMajor(v, DType.F32, r, n).transposed(),
          head.get(DOUBLE, 56));
    }
  }

  private static void expect(String what, Object expected, Object found) throws Damaged {
    if (!expected.equals(found)) {
      throw new Damaged(what, expected, found);
    }
  }

  /** Reads the next {@code length} bytes into new memory, because the file may change later. */
  private static MemorySegment load(FileChannel channel, long length, CRC32C sum)
      throws IOException {
    MemorySegment memory = Arena.ofAuto().allocate(length, 64);
    for (long at = 0; at < length; at += CHUNK) {
      ByteBuffer chunk = memory.asSlice(at, Math.min(CHUNK, length - at)).asByteBuffer();
      while (chunk.hasRemaining()) {
        if (channel.read(chunk) < 0) {
          throw new EOFException("ended while it was read");
        }
      }
      sum.update(chunk.flip());
    }
    return memory;
  }
}
