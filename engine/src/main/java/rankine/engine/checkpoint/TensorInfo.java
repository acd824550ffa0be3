package rankine.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.Shown;
import rankine.kernels.DType;

/**
 * Name, type, shape and file location of one tensor. Elements are row-major and little-endian.
 *
 * @param name as in the file; not empty
 * @param type type of the stored elements
 * @param shape sizes, outermost first; empty for a scalar
 * @param file the safetensors file that contains it
 * @param offset of its first byte from the start of the file; the format guarantees no alignment
 * @param bytes size of the data
 */
public record TensorInfo(
    String name, SafetensorsDType type, List<Long> shape, Path file, long offset, long bytes) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Returns the number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /**
   * Returns the exception for a tensor that the architecture does not use; the caller throws it.
   */
  public CheckpointException unexpected() {
    return CheckpointException.of(
        Fault.UNEXPECTED_TENSOR,
        file,
        name,
        "expected only tensors that the architecture uses, found this one, of shape "
            + Shown.value(shape));
  }

  /**
   * Returns the kernels' type for the elements.
   *
   * @throws CheckpointException {@link Fault#UNSUPPORTED_DTYPE} if the kernels do not support it
   */
  public DType dtype() {
    return type.dtype()
        .orElseThrow(
            () ->
                CheckpointException.of(
                    Fault.UNSUPPORTED_DTYPE,
                    file,
                    name,
                    "expected dtype F32, F16 or BF16, found " + type));
  }
}
