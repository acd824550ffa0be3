package rankine.engine.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import rankine.common.io.Shown;
import rankine.kernels.DType;

/**
 * A tensor to write.
 *
 * @param name not empty and not {@code __metadata__}
 * @param dtype type of the stored elements
 * @param shape sizes, at least 0, outermost first; empty for a scalar
 * @param data supplies the row-major, little-endian elements; called once, when the tensor is
 *     written, so that only one tensor at a time has to be in memory
 */
public record NewTensor(String name, DType dtype, List<Long> shape, Supplier<MemorySegment> data) {

  /**
   * @throws IllegalArgumentException for a name or a shape that the format does not allow
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

  /** Returns the size of the data. */
  public long bytes() {
    return shape.stream().mapToLong(Long::longValue).reduce(dtype.bytes(), Math::multiplyExact);
  }
}
