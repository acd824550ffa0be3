package rankine.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.Shown;
import rankine.kernels.DType;

/**
 * Where one tensor lies. Elements are row-major and little-endian.
 *
 * @param name as in the file; not empty
 * @param type how one element is stored
 * @param shape sizes, outermost first; empty for a scalar
 * @param file the safetensors file that holds it
 * @param offset of its first byte, from the start of the file; the format promises no alignment
 * @param bytes its size
 */
public record TensorInfo(
    String name, SafetensorsDType type, List<Long> shape, Path file, long offset, long bytes) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** The error for a tensor that the caller has no use for. For callers to throw. */
  public CheckpointException unexpected() {
    return CheckpointException.of(
        Fault.UNEXPECTED_TENSOR,
        file,
        name,
        "expected only tensors that the architecture uses, found this one, of shape "
            + Shown.value(shape));
  }

  /**
   * The type as the kernels know it.
   *
   * @throws CheckpointException {@link Fault#UNSUPPORTED_DTYPE} if they do not compute with it
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
