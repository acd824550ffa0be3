package rankine.kernels.tornado;

import rankine.kernels.Matrix;
import rankine.kernels.Weight;

/**
 * A strided view of a weight on the device: element (r, c) is at {@code r * rowStride + c *
 * colStride} in its range. A weight and its transposed view share one device range.
 */
sealed interface TornadoMatrix extends Weight permits StoredWeight, ResidentMatrix {
  /** The storage type: {@link WeightLoads#F32}, … */
  int dtypeCode();

  int rowStride();

  int colStride();

  /** The range that begins with element (0, 0); sends the weight on first use. */
  DeviceRange range(Residency residency);

  static TornadoMatrix of(Weight weight) {
    if (weight instanceof TornadoMatrix matrix) {
      return matrix;
    }
    throw new IllegalArgumentException(
        "weight: expected one of this backend, found %s [%d, %d]"
            .formatted(weight.getClass().getSimpleName(), weight.rows(), weight.cols()));
  }

  /** The number of elements of a matrix. */
  static long elements(Matrix matrix) {
    return (long) matrix.rows() * matrix.cols();
  }
}
