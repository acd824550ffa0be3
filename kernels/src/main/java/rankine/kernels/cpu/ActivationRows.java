package rankine.kernels.cpu;

import java.util.Arrays;

/**
 * Activations on the CPU: element (row, col) is at {@code START + row * stride + col}. The stride
 * is the width rounded up to {@link #ALIGN} floats; what lies between is zero and stays zero, so
 * that vector loops need no tail.
 *
 * @param rows rows in use, not more than the array has room for
 */
record ActivationRows(float[] data, int rows, int width, int stride) {
  /** Where the first row begins. */
  static final int START = CacheLine.FLOATS;

  /** The widest vector, in floats. */
  static final int ALIGN = 16;

  static int stride(int width) {
    return Math.ceilDiv(width, ALIGN) * ALIGN;
  }

  static ActivationRows allocate(int rows, int width) {
    int stride = stride(width);
    return new ActivationRows(new float[floats(rows, stride)], rows, width, stride);
  }

  /** With an array of {@code pool}: the rows are of any content, what lies between is zero. */
  static ActivationRows allocate(int rows, int width, ArrayPool pool) {
    int stride = stride(width);
    ActivationRows made = new ActivationRows(pool.take(floats(rows, stride)), rows, width, stride);
    for (int row = 0; width < stride && row < rows; row++) {
      int at = made.at(row);
      Arrays.fill(made.data, at + width, at + stride, 0f);
    }
    return made;
  }

  /** Floats of an array for {@code rows} rows. */
  static int floats(int rows, int stride) {
    return Math.addExact(START, Math.multiplyExact(rows, stride));
  }

  /** The first {@code count} rows. */
  ActivationRows first(int count) {
    return new ActivationRows(data, count, width, stride);
  }

  int at(int row) {
    return START + row * stride;
  }
}
