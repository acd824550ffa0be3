package rankine.engine.lowrank;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import rankine.kernels.Matrix;

/**
 * The cache key of a decomposition: a SHA-256 of the format version, the method with its options,
 * the backend, and the type, shape, layout and bytes of the matrix.
 *
 * @param hash 32 bytes
 */
record FactorKey(byte[] hash) {
  /** Bytes per hash update; below the size limit of a Java array. */
  private static final long CHUNK = 1 << 28;

  static FactorKey of(Matrix w, SvdMethod method, String backend) {
    MessageDigest sha256 = sha256();
    String head =
        "rankine factors %d\n%s\n%s\n%s [%d, %d] %s\n"
            .formatted(
                FactorFile.VERSION,
                method.key(),
                backend,
                w.dtype(),
                w.rows(),
                w.cols(),
                w.rowContiguous() ? "rows" : "columns");
    sha256.update(head.getBytes(StandardCharsets.UTF_8));
    // The elements in memory order, without the gaps between rows (or columns).
    Matrix runs = w.rowContiguous() ? w : w.transposed();
    long run = (long) runs.cols() * w.dtype().bytes();
    long stride = runs.rowStride() * w.dtype().bytes();
    if (stride == run) {
      update(sha256, w.data(), 0, run * runs.rows());
    } else {
      for (int r = 0; r < runs.rows(); r++) {
        update(sha256, w.data(), r * stride, run);
      }
    }
    return new FactorKey(sha256.digest());
  }

  private static void update(MessageDigest sha256, MemorySegment data, long from, long length) {
    for (long at = 0; at < length; at += CHUNK) {
      long count = Math.min(CHUNK, length - at);
      sha256.update(bytes(data.asSlice(from + at, count)));
    }
  }

  private static ByteBuffer bytes(MemorySegment segment) {
    // Only segments of byte arrays and native memory have a byte buffer view.
    return segment.heapBase().filter(base -> !(base instanceof byte[])).isPresent()
        ? ByteBuffer.wrap(segment.toArray(ValueLayout.JAVA_BYTE))
        : segment.asByteBuffer();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  String hex() {
    return HexFormat.of().formatHex(hash);
  }
}
