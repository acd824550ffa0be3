package rankine.engine.prune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import rankine.common.EditException;
import rankine.engine.checkpoint.TensorEdit;
import rankine.engine.edit.Replacement;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Stores a replacement where the original matrix lies, in its type and layout. */
final class MatrixRewrite {
  private final StoredMatrix place;
  private final boolean byRows;
  private final int lines;
  private final int length;
  private final long strideBytes;
  private final DType dtype;

  private MatrixRewrite(StoredMatrix place) {
    Matrix source = place.source();
    this.place = place;
    this.byRows = source.rowContiguous();
    this.lines = byRows ? source.rows() : source.cols();
    this.length = byRows ? source.cols() : source.rows();
    this.dtype = source.dtype();
    this.strideBytes = (byRows ? source.rowStride() : source.colStride()) * dtype.bytes();
  }

  /**
   * Overwrites the matrix at {@code place}.
   *
   * @throws EditException if an element, rounded to the stored type, is not finite
   */
  static void write(StoredMatrix place, Replacement replacement, TensorEdit.Target target)
      throws IOException {
    checkShape(place.source(), replacement);
    new MatrixRewrite(place).write(replacement, target);
  }

  private void write(Replacement replacement, TensorEdit.Target target) throws IOException {
    RowSource edited = RowSource.of(replacement, byRows);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(length, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < lines; i++) {
      float[] line = edited.line(i);
      buffer.clear();
      for (int j = 0; j < length; j++) {
        int bits = DTypeEncoder.bits(line[j], dtype);
        if (!DTypeEncoder.isFinite(bits, dtype)) {
          throw notFinite(line[j], byRows ? i : j, byRows ? j : i);
        }
        DTypeEncoder.put(buffer, bits, dtype);
      }
      target.write(place.offset() + i * strideBytes, buffer.flip());
    }
  }

  private EditException notFinite(float value, int row, int col) {
    return new EditException(
        "%s: expected values that %s can hold, found %s in row %d, column %d"
            .formatted(place.label(), dtype, value, row, col));
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
          "a matrix [%d, %d] in the place of [%d, %d]"
              .formatted(rows, cols, source.rows(), source.cols()));
    }
  }
}
