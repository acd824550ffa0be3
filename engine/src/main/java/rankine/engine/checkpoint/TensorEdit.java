package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Changes the tensors of a copy: overwrites some of their bytes, or replaces whole tensors. */
@FunctionalInterface
public interface TensorEdit {

  /**
   * Returns the tensors that replace {@code tensor}, in that order. An empty list keeps it; the
   * copy then calls {@link #apply} for it. Called once per tensor of a file, in storage order,
   * before any byte of that file is written.
   *
   * @param tensor the original tensor
   */
  default List<NewTensor> replacement(TensorInfo tensor) {
    return List.of();
  }

  /** Writes into one tensor of the copy. */
  @FunctionalInterface
  interface Target {
    /**
     * Overwrites bytes from {@code offset} on.
     *
     * @param offset relative to the first byte of the tensor
     * @param bytes its remaining bytes are written
     * @throws IndexOutOfBoundsException if the range exceeds the tensor
     * @throws IOException if the file system fails
     */
    void write(long offset, ByteBuffer bytes) throws IOException;
  }

  /**
   * Changes the bytes of a kept tensor. Called once per kept tensor, in storage order, after its
   * original bytes are copied.
   *
   * @param tensor the original tensor
   * @throws IOException from {@link Target#write}
   */
  void apply(TensorInfo tensor, Target target) throws IOException;
}
