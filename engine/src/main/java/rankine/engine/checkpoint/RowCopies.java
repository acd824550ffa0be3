package rankine.engine.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Copies of rows that lie apart in fused tensors, each made once. Thread-safe. */
final class RowCopies implements AutoCloseable {
  private final Arena memory = Arena.ofShared();
  private final List<GatheredRows> copies = new ArrayList<>();

  /**
   * Returns a copy of rows of a matrix, or of elements of a vector; read-only, valid until {@link
   * #close}.
   *
   * @param tensor of shape [rows, cols] or [rows]
   * @param data its bytes
   * @throws IndexOutOfBoundsException for rows outside the tensor
   */
  synchronized MemorySegment gather(TensorInfo tensor, MemorySegment data, RowBlocks rows) {
    for (GatheredRows known : copies) {
      if (known.tensor().equals(tensor) && known.rows().equals(rows)) {
        return known.data();
      }
    }
    long rowBytes = tensor.bytes() / tensor.shape().getFirst();
    MemorySegment copy = memory.allocate(rowBytes * rows.count());
    for (int block = 0; block < rows.blocks(); block++) {
      long from = rows.from() + (long) block * rows.step();
      long to = (long) block * rows.rows();
      MemorySegment.copy(data, from * rowBytes, copy, to * rowBytes, rows.rows() * rowBytes);
    }
    copies.add(new GatheredRows(tensor, rows, copy.asReadOnly()));
    return copies.getLast().data();
  }

  /** Returns the copies made so far. */
  synchronized List<GatheredRows> all() {
    return List.copyOf(copies);
  }

  /** Frees the copies. Closing again does nothing. */
  @Override
  public synchronized void close() {
    if (memory.scope().isAlive()) {
      memory.close();
    }
  }
}
