package rankine.engine.prune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import rankine.common.EditException;
import rankine.engine.checkpoint.TensorEdit;
import rankine.engine.edit.Replacement;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Overwrites an original matrix by its replacement, in the type and layout of the original. */
final class MatrixRewrite {
  private final StoredMatrix stored;
  private final boolean rowContiguous;
  private final int rows;
  private final int rowLength;
  private final long strideBytes;
  private final DType dtype;

  private MatrixRewrite(StoredMatrix stored) {
    Matrix source = stored.source();
    this.stored = stored;
    this.rowContiguous = source.rowContiguous();
    this.rows = rowContiguous ? source.rows() : source.cols();
    this.rowLength = rowContiguous ? source.cols() : source.rows();
    this.dtype = source.dtype();
    this.strideBytes = (rowContiguous ? source.rowStride() : source.colStride()) * dtype.bytes();
  }

  /**
   * Overwrites the matrix at {@code stored}.
   *
   * @throws EditException if an element, rounded to the stored type, is not finite
   */
  static void write(StoredMatrix stored, Replacement replacement, TensorEdit.Target target)
      throws IOException {
    checkShape(stored.source(), replacement);
    new MatrixRewrite(stored).write(replacement, target);
  }

  private void write(Replacement replacement, TensorEdit.Target target) throws IOException {
    RowSource edited = RowSource.of(replacement, rowContiguous);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(rowLength, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      float[] row = edited.row(i);
      buffer.clear();
      for (int j = 0; j < rowLength; j++) {
        int bits = DTypeEncoder.bits(row[j], dtype);
        if (!DTypeEncoder.isFinite(bits, dtype)) {
          throw notFinite(row[j], rowContiguous ? i : j, rowContiguous ? j : i);
        }
        DTypeEncoder.put(buffer, bits, dtype);
      }
      target.write(stored.rowOffset(i, strideBytes), buffer.flip());
    }
  }

  private EditException notFinite(float value, int row, int col) {
    return new EditException(
        "%s: expected values that %s can hold, found %s in row %d, column %d"
            .formatted(stored.label(), dtype, value, row, col));
  }

  private static void checkShape(Matrix source, Replacement replacement) {
    int rows;
    int cols;
    switch (replacement) {
      case Replacement.Dense(Matrix w) -> {
        rows = w.rows();
        cols = w.cols();
      }
      case Replacement.FactorPair(Matrix left, Matrix right) -> {
        rows = left.rows();
        cols = right.cols();
      }
    }
    if (rows != source.rows() || cols != source.cols()) {
      throw new IllegalStateException(
          "replacement: expected shape [%d, %d], found [%d, %d]"
              .formatted(source.rows(), source.cols(), rows, cols));
    }
  }
}
