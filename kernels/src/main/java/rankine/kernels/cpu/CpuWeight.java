package rankine.kernels.cpu;

import rankine.kernels.Matrix;
import rankine.kernels.RowReader;
import rankine.kernels.Weight;

/** Weights on the CPU: matrices stay where they are, vectors are widened (they are small). */
sealed interface CpuWeight extends Weight
    permits CpuWeight.OfMatrix, CpuWeight.OfTable, CpuWeight.OfVector, CpuDenseMatrix {

  /** A view of memory. */
  record OfMatrix(Matrix matrix) implements CpuWeight {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public Matrix source() {
      return matrix;
    }
  }

  /** A table of embeddings, read row by row. */
  record OfTable(Matrix source, RowReader reader) implements CpuWeight {
    @Override
    public int rows() {
      return source.rows();
    }

    @Override
    public int cols() {
      return source.cols();
    }
  }

  /** Float32 values; length {@link #cols}. */
  record OfVector(float[] values, Matrix source) implements CpuWeight {
    @Override
    public int rows() {
      return 1;
    }

    @Override
    public int cols() {
      return values.length;
    }
  }

  static Matrix matrix(Weight weight) {
    return switch (weight) {
      case OfMatrix(Matrix matrix) -> matrix;
      case OfTable(Matrix source, RowReader _) -> source;
      case CpuDenseMatrix dense -> dense.source();
      default -> throw foreign(weight, "matrix");
    };
  }

  static float[] vector(Weight weight) {
    return switch (weight) {
      case OfVector(float[] values, Matrix _) -> values;
      default -> throw foreign(weight, "vector");
    };
  }

  private static IllegalArgumentException foreign(Weight weight, String expected) {
    return new IllegalArgumentException(
        "weight: expected a %s of this backend, found %s [%d, %d]"
            .formatted(expected, weight.getClass().getSimpleName(), weight.rows(), weight.cols()));
  }
}
