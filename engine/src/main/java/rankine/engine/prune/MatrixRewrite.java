package rankine.engine.prune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import rankine.engine.checkpoint.TensorEdit;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Overwrites an original matrix by another, in the type and layout of the original. */
final class MatrixRewrite {
  private MatrixRewrite() {}

  /**
   * Overwrites the matrix at {@code stored}, row by row of its tensor.
   *
   * @param w [m, n] of the original
   * @throws rankine.common.EditException if an element, rounded to the stored type, is not finite
   */
  static void write(StoredMatrix stored, Matrix w, TensorEdit.Target target) throws IOException {
    Matrix source = stored.source();
    if (w.rows() != source.rows() || w.cols() != source.cols()) {
      throw new IllegalStateException(
          "replacement: expected shape [%d, %d], found [%d, %d]"
              .formatted(source.rows(), source.cols(), w.rows(), w.cols()));
    }
    DType dtype = source.dtype();
    long strideBytes =
        (source.rowContiguous() ? source.rowStride() : source.colStride()) * dtype.bytes();
    Matrix edited = stored.oriented(w);
    ByteBuffer row =
        ByteBuffer.allocate(Math.multiplyExact(edited.cols(), dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < edited.rows(); i++) {
      stored.encodeRow("", edited, i, row.clear());
      target.write(stored.rowOffset(i, strideBytes), row.flip());
    }
  }
}
