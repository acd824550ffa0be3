package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import rankine.kernels.Matrix;

/**
 * A buffer for one row of a table that is read row by row.
 *
 * @param bytes the row as stored, off the heap
 * @param row the same memory as a matrix of shape [1, cols]
 */
record RowBuffer(ByteBuffer bytes, Matrix row) {
  /** Allocates a buffer for a row of {@code table}. */
  static RowBuffer of(Matrix table) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(table.cols() * table.dtype().bytes());
    MemorySegment data = MemorySegment.ofBuffer(bytes);
    return new RowBuffer(bytes, Matrix.rowMajor(data, table.dtype(), 1, table.cols()));
  }

  boolean fits(Matrix table) {
    return row.cols() == table.cols() && row.dtype() == table.dtype();
  }
}
