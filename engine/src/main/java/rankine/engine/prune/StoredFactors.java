package rankine.engine.prune;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import rankine.common.EditException;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.edit.Replacement;
import rankine.engine.model.FactoredLinear;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Encodes the factors of an edited tensor {@code NAME}, stored as [m, n], in its type: {@code
 * NAME.left} [m, k] and {@code NAME.right} [k, n].
 */
final class StoredFactors {
  private StoredFactors() {}

  /**
   * Returns the two tensors.
   *
   * @throws EditException if an element, rounded to the stored type, is not finite
   */
  static List<NewTensor> of(StoredMatrix stored, Replacement.FactorPair factors) {
    // A transposed tensor is the product of the transposed factors in reverse order.
    boolean rowContiguous = stored.source().rowContiguous();
    Matrix left = rowContiguous ? factors.left() : factors.right().transposed();
    Matrix right = rowContiguous ? factors.right() : factors.left().transposed();
    return List.of(
        tensor(stored, FactoredLinear.LEFT, left), tensor(stored, FactoredLinear.RIGHT, right));
  }

  private static NewTensor tensor(StoredMatrix stored, String suffix, Matrix w) {
    DType dtype = stored.source().dtype();
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(w.rows() * dtype.bytes(), w.cols()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = DTypeEncoder.bits(w.get(r, c), dtype);
        if (!DTypeEncoder.isFinite(bits, dtype)) {
          throw new EditException(
              "%s: factor %s: expected values that %s can hold, found %s in row %d, column %d"
                  .formatted(stored.label(), suffix.substring(1), dtype, w.get(r, c), r, c));
        }
        DTypeEncoder.put(data, bits, dtype);
      }
    }
    MemorySegment bytes = MemorySegment.ofBuffer(data.flip());
    return new NewTensor(
        stored.tensor().name() + suffix,
        dtype,
        List.of((long) w.rows(), (long) w.cols()),
        () -> bytes);
  }
}
