package rankine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix W of shape [rows, cols] as it lies in memory: element (r, c) is at index {@code r *
 * rowStride + c * colStride} of {@code data}, counted in elements of {@code dtype}, little-endian,
 * at any alignment. It describes memory and copies nothing.
 *
 * <p>Of the two strides one is 1: {@code colStride == 1} is the layout of PyTorch's {@code Linear}
 * ([out, in], row-major), {@code rowStride == 1} that of GPT-2's {@code Conv1D} ([in, out], so W is
 * seen transposed).
 *
 * @param data at least the bytes that the strides reach
 * @param rows output features
 * @param cols input features
 */
public record Matrix(
    MemorySegment data, DType dtype, int rows, int cols, long rowStride, long colStride) {

  /** Checks the shape and that the strides stay inside {@code data}. */
  public Matrix {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException("matrix of shape [" + rows + ", " + cols + "]");
    }
    if (colStride != 1 && rowStride != 1) {
      throw new IllegalArgumentException(
          "matrix strides: expected one of them 1, found " + rowStride + " and " + colStride);
    }
    if (rowStride < 1 || colStride < 1) {
      throw new IllegalArgumentException(
          "matrix strides: expected positive, found " + rowStride + " and " + colStride);
    }
    long needed =
        Math.multiplyExact(
            Math.addExact(
                Math.addExact(
                    Math.multiplyExact(rows - 1L, rowStride),
                    Math.multiplyExact(cols - 1L, colStride)),
                1L),
            dtype.bytes());
    if (data.byteSize() < needed) {
      throw new IllegalArgumentException(
          "matrix [%d, %d] of %s: expected %d bytes, found %d"
              .formatted(rows, cols, dtype, needed, data.byteSize()));
    }
  }

  /** A row-major matrix: shape [rows, cols], {@code data} holds row after row. */
  public static Matrix rowMajor(MemorySegment data, DType dtype, int rows, int cols) {
    return new Matrix(data, dtype, rows, cols, cols, 1);
  }

  /** A row-major float32 matrix on a Java array. */
  public static Matrix of(float[] values, int rows, int cols) {
    return rowMajor(MemorySegment.ofArray(values), DType.F32, rows, cols);
  }

  /** The same memory seen as the transposed matrix, of shape [cols, rows]. */
  public Matrix transposed() {
    return new Matrix(data, dtype, cols, rows, colStride, rowStride);
  }

  /** Rows {@code from} to {@code from + count} of this matrix, on the same memory. */
  public Matrix rowRange(int from, int count) {
    if (from < 0 || count < 1 || from + count > rows) {
      throw new IllegalArgumentException(
          "rows %d to %d of a matrix with %d rows".formatted(from, from + count, rows));
    }
    long offset = from * rowStride * dtype.bytes();
    return new Matrix(data.asSlice(offset), dtype, count, cols, rowStride, colStride);
  }

  /** Whether each row is contiguous; otherwise each column is. */
  public boolean rowContiguous() {
    return colStride == 1;
  }

  /** Element (row, col), widened to float32. */
  public float get(int row, int col) {
    return DTypeDecoder.get(data, dtype, row * rowStride + col * colStride);
  }
}
