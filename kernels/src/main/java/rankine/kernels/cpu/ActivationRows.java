package rankine.kernels.cpu;

import java.util.Arrays;

/**
 * Rows of activations: element (row, col) is at {@code START + row * stride + col}. The stride is
 * the width rounded up to {@link #ALIGN} floats; the padding is zero and stays zero, so vector
 * loops need no tail.
 *
 * @param rows rows in use, at most those that the array holds
 */
record ActivationRows(float[] data, int rows, int width, int stride) {
  /**
   * Index of the first row, and where every other buffer of floats begins: the first element of a
   * Java array at the start of a 64-byte cache line. A 64-byte vector that starts there occupies
   * one line; any other start crosses two, which costs twice the loads.
   *
   * <p>Holds where the JVM aligns objects to cache lines ({@code -XX:ObjectAlignmentInBytes=64},
   * set by the launcher): element 0 is then 16 bytes into a line, after the array's header. Without
   * the option, or with compact object headers, arrays begin at other offsets: results are the
   * same, but these starts are no better than others.
   */
  static final int START = 12;

  /** Alignment of rows: the widest vector, in floats. */
  static final int ALIGN = 16;

  static int stride(int width) {
    return Math.ceilDiv(width, ALIGN) * ALIGN;
  }

  static ActivationRows allocate(int rows, int width) {
    int stride = stride(width);
    return new ActivationRows(new float[floats(rows, stride)], rows, width, stride);
  }

  /** Allocates from {@code pool}: rows have undefined content, the padding is zero. */
  static ActivationRows allocate(int rows, int width, ArrayPool pool) {
    int stride = stride(width);
    ActivationRows made = new ActivationRows(pool.take(floats(rows, stride)), rows, width, stride);
    for (int row = 0; width < stride && row < rows; row++) {
      int at = made.at(row);
      Arrays.fill(made.data, at + width, at + stride, 0f);
    }
    return made;
  }

  /** Length of an array for {@code rows} rows. */
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
