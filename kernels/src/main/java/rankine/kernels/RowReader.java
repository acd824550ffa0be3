package rankine.kernels;

import java.nio.ByteBuffer;

/** The rows of a row-major matrix where they are stored, each read when it is asked for. */
@FunctionalInterface
public interface RowReader {
  /**
   * Fills {@code into}, from its position to its limit, with the first bytes of row {@code row},
   * little-endian. May be called from many threads.
   */
  void read(int row, ByteBuffer into);
}
