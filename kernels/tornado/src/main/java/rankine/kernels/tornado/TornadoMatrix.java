package rankine.kernels.tornado;

import rankine.kernels.Matrix;
import rankine.kernels.Weight;

/**
 * A weight on the device: where it lies, element (r, c) being {@code r * rowStride + c * colStride}
 * behind its place. Two of them may share a place, one the transposed view of the other.
 */
sealed interface TornadoMatrix extends Weight permits StoredWeight, ResidentMatrix {
  /** {@link WeightLoads#F32}, … */
  int kind();

  int rowStride();

  int colStride();

  /** Its place, where it is sent first if it is not there. */
  int at(Residency residency);

  static TornadoMatrix of(Weight weight) {
    if (weight instanceof TornadoMatrix matrix) {
      return matrix;
    }
    throw new IllegalArgumentException(
        "weight: expected one of this backend, found %s [%d, %d]"
            .formatted(weight.getClass().getSimpleName(), weight.rows(), weight.cols()));
  }

  /** Elements of a matrix, all in one place. */
  static long elements(Matrix matrix) {
    return (long) matrix.rows() * matrix.cols();
  }
}
