package rankine.kernels.cpu;

/**
 * Activations on the CPU: element (row, col) is at {@code row * stride + col}. The stride is the
 * width rounded up to {@link #ALIGN} floats; what lies between is zero and stays zero, so that
 * vector loops need no tail.
 *
 * @param rows rows in use, not more than the array has room for
 */
record Rows(float[] data, int rows, int width, int stride) {
  /** The widest vector, in floats. */
  static final int ALIGN = 16;

  static int stride(int width) {
    return Math.ceilDiv(width, ALIGN) * ALIGN;
  }

  static Rows allocate(int rows, int width) {
    int stride = stride(width);
    return new Rows(new float[Math.multiplyExact(rows, stride)], rows, width, stride);
  }

  /** With an array of {@code pool}. */
  static Rows allocate(int rows, int width, ArrayPool pool) {
    int stride = stride(width);
    return new Rows(pool.take(Math.multiplyExact(rows, stride)), rows, width, stride);
  }

  /** The first {@code count} rows. */
  Rows first(int count) {
    return new Rows(data, count, width, stride);
  }

  int at(int row) {
    return row * stride;
  }
}
