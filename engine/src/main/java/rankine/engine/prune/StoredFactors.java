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
 * The factors of an edited tensor {@code NAME}, [m, n] as it is stored: {@code NAME.left} [m, k]
 * and {@code NAME.right} [k, n] in its type, whose product it is.
 */
final class StoredFactors {
  private StoredFactors() {}

  /**
   * The two tensors.
   *
   * @throws EditException if an element, rounded to the stored type, is not finite
   */
  static List<NewTensor> of(StoredMatrix place, Replacement.FactorPair factors) {
    // A tensor stored transposed is the product of the transposed factors, in the other order.
    boolean byRows = place.source().rowContiguous();
    Matrix left = byRows ? factors.left() : factors.right().transposed();
    Matrix right = byRows ? factors.right() : factors.left().transposed();
    return List.of(
        tensor(place, FactoredLinear.LEFT, left), tensor(place, FactoredLinear.RIGHT, right));
  }

  private static NewTensor tensor(StoredMatrix place, String suffix, Matrix w) {
    DType dtype = place.source().dtype();
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(w.rows() * dtype.bytes(), w.cols()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = DTypeEncoder.bits(w.get(r, c), dtype);
        if (!DTypeEncoder.isFinite(bits, dtype)) {
          throw new EditException(
              "%s: factor %s: expected values that %s can hold, found %s in row %d, column %d"
                  .formatted(place.label(), suffix.substring(1), dtype, w.get(r, c), r, c));
        }
        DTypeEncoder.put(data, bits, dtype);
      }
    }
    MemorySegment bytes = MemorySegment.ofBuffer(data.flip());
    return new NewTensor(
        place.tensor().name() + suffix,
        dtype,
        List.of((long) w.rows(), (long) w.cols()),
        () -> bytes);
  }
}
