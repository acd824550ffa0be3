package rankine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A strided view of a matrix W of shape [rows, cols] in memory: element (r, c) is at index {@code r
 * * rowStride + c * colStride} of {@code data}, counted in elements of {@code dtype},
 * little-endian, at any alignment. It copies nothing.
 *
 * <p>One of the two strides is 1: {@code colStride == 1} is row-major, the layout of PyTorch's
 * {@code Linear} ([out, in]); {@code rowStride == 1} is column-major, the layout of GPT-2's {@code
 * Conv1D} ([in, out], viewed as its transpose).
 *
 * @param data at least the bytes that the strides address
 * @param rows output features
 * @param cols input features
 */
public record Matrix(
    MemorySegment data, DType dtype, int rows, int cols, long rowStride, long colStride) {

  /** Checks the shape and that the strides stay inside {@code data}. */
  public Matrix {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException(
          "matrix: expected a positive shape, found [" + rows + ", " + cols + "]");
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

  /** A contiguous row-major matrix [rows, cols]. */
  public static Matrix rowMajor(MemorySegment data, DType dtype, int rows, int cols) {
    return new Matrix(data, dtype, rows, cols, cols, 1);
  }

  /** A row-major float32 matrix backed by a Java array. */
  public static Matrix of(float[] values, int rows, int cols) {
    return rowMajor(MemorySegment.ofArray(values), DType.F32, rows, cols);
  }

  /** The transposed view [cols, rows] of the same memory. */
  public Matrix transposed() {
    return new Matrix(data, dtype, cols, rows, colStride, rowStride);
  }

  /** A view of rows {@code from} to {@code from + count} (exclusive) of the same memory. */
  public Matrix rowRange(int from, int count) {
    if (from < 0 || count < 1 || from + count > rows) {
      throw new IllegalArgumentException(
          "row range: expected one within %d rows, found %d to %d"
              .formatted(rows, from, from + count));
    }
    long offset = from * rowStride * dtype.bytes();
    return new Matrix(data.asSlice(offset), dtype, count, cols, rowStride, colStride);
  }

  /** Returns whether rows are contiguous; otherwise columns are. */
  public boolean rowContiguous() {
    return colStride == 1;
  }

  /** Element (row, col), decoded to float32. */
  public float get(int row, int col) {
    return DTypeDecoder.get(data, dtype, row * rowStride + col * colStride);
  }
}
