package rankine.engine.prune;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.edit.Replacement;
import rankine.engine.model.FactoredLinear;
import rankine.kernels.Matrix;

/**
 * The tensors of one matrix, in the type and orientation of the original tensor: {@code NAME} [m,
 * n], or its factors {@code NAME.left} [m, k] and {@code NAME.right} [k, n]. NAME is {@link
 * StoredMatrix#ownName}.
 */
final class StoredFactors {
  private StoredFactors() {}

  /**
   * Returns the two factors. They are encoded now.
   *
   * @throws rankine.common.EditException if an element, rounded to the stored type, is not finite
   */
  static List<NewTensor> of(StoredMatrix stored, Replacement.FactorPair factors) {
    // A transposed tensor is the product of the transposed factors in reverse order.
    boolean rowContiguous = stored.source().rowContiguous();
    Matrix left = rowContiguous ? factors.left() : factors.right().transposed();
    Matrix right = rowContiguous ? factors.right() : factors.left().transposed();
    return List.of(
        factor(stored, FactoredLinear.LEFT, left), factor(stored, FactoredLinear.RIGHT, right));
  }

  private static NewTensor factor(StoredMatrix stored, String suffix, Matrix w) {
    MemorySegment bytes = encoded(stored, "factor " + suffix.substring(1) + ": ", w);
    return tensor(stored, suffix, w, () -> bytes);
  }

  /** Returns the original of one part of a fused tensor. */
  static NewTensor original(StoredMatrix stored) {
    return tensor(stored, "", stored.oriented(stored.source()), stored::bytes);
  }

  /**
   * Returns the dense replacement of one part of a fused tensor.
   *
   * @param w computed when the tensor is written; throws {@link rankine.common.EditException} then
   *     if an element, rounded to the stored type, is not finite
   */
  static NewTensor dense(StoredMatrix stored, Supplier<Matrix> w) {
    return tensor(
        stored,
        "",
        stored.oriented(stored.source()),
        () -> encoded(stored, "", stored.oriented(w.get())));
  }

  private static NewTensor tensor(
      StoredMatrix stored, String suffix, Matrix shape, Supplier<MemorySegment> bytes) {
    return new NewTensor(
        stored.ownName() + suffix,
        stored.source().dtype(),
        List.of((long) shape.rows(), (long) shape.cols()),
        bytes);
  }

  private static MemorySegment encoded(StoredMatrix stored, String what, Matrix w) {
    ByteBuffer data =
        ByteBuffer.allocate(
                Math.multiplyExact(w.rows() * stored.source().dtype().bytes(), w.cols()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < w.rows(); i++) {
      stored.encodeRow(what, w, i, data);
    }
    return MemorySegment.ofBuffer(data.flip());
  }
}
