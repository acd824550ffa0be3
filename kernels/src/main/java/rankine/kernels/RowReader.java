package rankine.kernels;

import java.nio.ByteBuffer;

/** Reads single rows of a row-major matrix from its storage on demand. */
@FunctionalInterface
public interface RowReader {
  /**
   * Fills {@code into}, from its position to its limit, with the first bytes of row {@code row},
   * little-endian. Thread-safe.
   */
  void read(int row, ByteBuffer into);
}
