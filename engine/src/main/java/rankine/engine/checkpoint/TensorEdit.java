package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Overwrites parts of the tensors of a copy, or puts others in their place. */
@FunctionalInterface
public interface TensorEdit {

  /**
   * The tensors that take the place of {@code tensor}, in that order; none: it stays, and {@link
   * #apply} is called for it. Called once for each tensor of a file, in stored order, before
   * anything of that file is written.
   *
   * @param tensor as it is in the original
   */
  default List<NewTensor> replacement(TensorInfo tensor) {
    return List.of();
  }

  /** The bytes of one tensor in the copy. */
  @FunctionalInterface
  interface Target {
    /**
     * Overwrites what is at {@code offset}.
     *
     * @param offset from the tensor's first byte
     * @param bytes what remains of it is written
     * @throws IndexOutOfBoundsException if it would reach outside the tensor
     * @throws IOException if the file system refuses
     */
    void write(long offset, ByteBuffer bytes) throws IOException;
  }

  /**
   * Called once for each tensor that stays, in stored order, when its original bytes are in place.
   *
   * @param tensor as it is in the original
   * @throws IOException what {@link Target#write} threw
   */
  void apply(TensorInfo tensor, Target target) throws IOException;
}
