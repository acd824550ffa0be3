package rankine.kernels.cpu;

import rankine.kernels.Matrix;
import rankine.kernels.RowReader;
import rankine.kernels.Weight;

/**
 * Weights on the CPU: matrices and tables stay in their memory, vectors are widened (they are
 * small).
 */
sealed interface CpuWeight extends Weight
    permits CpuWeight.OfMatrix, CpuWeight.OfTable, CpuWeight.OfVector, CpuDenseMatrix {

  @Override
  default int rows() {
    return source().rows();
  }

  @Override
  default int cols() {
    return source().cols();
  }

  /** A matrix in its memory, not copied. */
  record OfMatrix(Matrix source) implements CpuWeight {}

  /** An embedding table, read row by row through {@code reader}. */
  record OfTable(Matrix source, RowReader reader) implements CpuWeight {}

  /** A vector in float32, [cols]. */
  record OfVector(float[] values, Matrix source) implements CpuWeight {}

  static Matrix matrix(Weight weight) {
    return switch (weight) {
      case OfMatrix(Matrix source) -> source;
      case OfTable(Matrix source, RowReader _) -> source;
      case CpuDenseMatrix dense -> dense.source();
      default -> throw unsupported(weight, "matrix");
    };
  }

  static float[] vector(Weight weight) {
    return switch (weight) {
      case OfVector(float[] values, Matrix _) -> values;
      default -> throw unsupported(weight, "vector");
    };
  }

  private static IllegalArgumentException unsupported(Weight weight, String expected) {
    return new IllegalArgumentException(
        "weight: expected a %s of this backend, found %s [%d, %d]"
            .formatted(expected, weight.getClass().getSimpleName(), weight.rows(), weight.cols()));
  }
}
