package rankine.engine.lowrank;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import rankine.common.io.Sha256;
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
    Sha256 sha256 = new Sha256();
    String head =
        String.format(
            Locale.ROOT,
            "rankine factors %d\n%s\n%s\n%s [%d, %d] %s\n",
            FactorFile.VERSION,
            method.key(),
            backend,
            w.dtype(),
            w.rows(),
            w.cols(),
            w.rowContiguous() ? "rows" : "columns");
    sha256.add(head);
    // The elements in their order in memory, without gaps between the runs.
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
    return new FactorKey(sha256.bytes());
  }

  /** Returns the key of arrays that a hash in hex names. */
  static FactorKey ofHex(String sha256) {
    return new FactorKey(HexFormat.of().parseHex(sha256));
  }

  private static void update(Sha256 sha256, MemorySegment data, long from, long length) {
    for (long at = 0; at < length; at += CHUNK) {
      long count = Math.min(CHUNK, length - at);
      sha256.add(bytes(data.asSlice(from + at, count)));
    }
  }

  /** Returns a view, or a copy, of at most 2 GiB. */
  static ByteBuffer bytes(MemorySegment segment) {
    // Only segments of byte arrays and native memory have a byte buffer view.
    return segment.heapBase().filter(base -> !(base instanceof byte[])).isPresent()
        ? ByteBuffer.wrap(segment.toArray(ValueLayout.JAVA_BYTE))
        : segment.asByteBuffer();
  }

  /** Returns a seed that differs between keys. */
  long seed() {
    return ByteBuffer.wrap(hash).getLong();
  }

  String hex() {
    return HexFormat.of().formatHex(hash);
  }
}
