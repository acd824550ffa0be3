package rankine.engine.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import rankine.common.Shown;
import rankine.kernels.DType;

/**
 * A tensor to be written.
 *
 * @param name not empty and not {@code __metadata__}
 * @param dtype how one element is stored
 * @param shape sizes from 0, outermost first; empty for a scalar
 * @param data gives the row-major, little-endian elements; called once, when it is their turn to be
 *     written, so that one tensor at a time need be in memory
 */
public record NewTensor(String name, DType dtype, List<Long> shape, Supplier<MemorySegment> data) {

  /**
   * @throws IllegalArgumentException for a name or a shape that the format cannot hold
   */
  public NewTensor {
    shape = List.copyOf(shape);
    if (!TensorNames.isText(name) || name.equals(HeaderParser.METADATA)) {
      throw new IllegalArgumentException("not a tensor name: " + Shown.name(name));
    }
    if (shape.size() > HeaderParser.MAX_RANK || shape.stream().anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException(Shown.name(name) + ": not a shape: " + shape);
    }
  }

  /** Size of the data. */
  public long bytes() {
    return shape.stream().mapToLong(Long::longValue).reduce(dtype.bytes(), Math::multiplyExact);
  }
}
