package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;

/** Runs the kernels of {@link MatrixGraphs}: writes what they read in the control array first. */
final class MatrixLaunches {
  /** Elements that {@link #copy} has work-items for at a time. */
  private static final long COPIED = 1L << 28;

  private final Residency residency;
  private final Device device;

  MatrixLaunches(Residency residency, Device device) {
    this.residency = residency;
    this.device = device;
  }

  /** {@code scale · A}, row-major, to place {@code at} of the floats. */
  void copy(TornadoMatrix a, float scale, int at) {
    DeviceRange factor = residency.send(MemorySegment.ofArray(new float[] {scale}));
    describe(a);
    device.control(MatrixKernels.OUT, at);
    device.control(MatrixKernels.FACTOR, factor.at());
    int some = Math.clamp(COPIED / a.cols(), 1, a.rows());
    for (int from = 0; from < a.rows(); from += some) {
      device.control(MatrixKernels.FIRST, from);
      long elements = (long) Math.min(some, a.rows() - from) * a.cols();
      run(device.matrices().copy(), Math.ceilDiv(elements, MatrixKernels.GROUP));
    }
    residency.give(factor);
  }

  /** Fills a matrix with a Gaussian field. */
  void gaussian(ResidentMatrix out, long seed) {
    describe(out);
    device.control(MatrixKernels.OUT, out.place().at());
    device.control(MatrixKernels.SEED, (int) seed);
    device.control(MatrixKernels.SEED + 1, (int) (seed >> 32));
    long items = (long) out.rows() * Math.ceilDiv(out.cols(), 4);
    run(device.matrices().gaussian(), Math.ceilDiv(items, MatrixKernels.GROUP));
  }

  /**
   * {@code X Wᵀ}, by the model's own kernel.
   *
   * @param w [out.cols, x.cols], or transposed
   */
  void product(TornadoMatrix x, TornadoMatrix w, boolean transposed, ResidentMatrix out) {
    int[] row = new int[OpEncoding.INTS];
    row[OpEncoding.IN] = x.at(residency);
    row[OpEncoding.IN_WIDTH] = x.cols();
    row[OpEncoding.OUT] = out.place().at();
    row[OpEncoding.OUT_WIDTH] = out.cols();
    row[OpEncoding.STORED] = w.kind();
    row[OpEncoding.WEIGHT] = w.at(residency);
    row[OpEncoding.ROW_STRIDE] = transposed ? w.colStride() : w.rowStride();
    row[OpEncoding.COL_STRIDE] = transposed ? w.rowStride() : w.colStride();
    row[OpEncoding.BIAS] = -1;
    row[OpEncoding.EPILOGUE] = OpEncoding.REPLACE;
    FreeList tables = device.memory().tableSpace();
    int at = tables.take(OpEncoding.INTS);
    device.transfers().sendInts(device, row, at);
    device.control(OpEncoding.OPS, at);
    device.control(OpEncoding.TOKENS, x.rows());
    run(
        device.graph(DeviceKernel.LINEAR_TILE),
        tiles(x.rows(), LinearKernels.TILE) * tiles(out.cols(), LinearKernels.TILE));
    tables.give(at);
  }

  /** Rows {@code from} and on of {@code A Aᵀ}, to the start of the doubles. */
  void gram(TornadoMatrix a, int from, int count) {
    describe(a);
    device.control(MatrixKernels.FIRST, from);
    device.control(MatrixKernels.COUNT, count);
    run(
        device.matrices().gram(),
        tiles(count, MatrixKernels.TILE) * tiles(a.rows(), MatrixKernels.TILE));
  }

  /** Rows {@code from} and on of {@code C A}; C [count, a.rows] at {@code at} in the doubles. */
  void combine(TornadoMatrix a, ResidentMatrix out, int at, int from, int count) {
    describe(a);
    device.control(MatrixKernels.COEFFICIENTS, at);
    device.control(MatrixKernels.OUT, out.place().at());
    device.control(MatrixKernels.FIRST, from);
    device.control(MatrixKernels.COUNT, count);
    run(
        device.matrices().combine(),
        tiles(count, MatrixKernels.TILE) * tiles(a.cols(), MatrixKernels.TILE));
  }

  /** The sums of squares of lines {@code from} and on, as A lies, to the start of the doubles. */
  void squares(TornadoMatrix a, int from, int count) {
    describe(a);
    if (a.colStride() != 1) {
      device.control(MatrixKernels.COLS, a.rows());
      device.control(MatrixKernels.ROW_STRIDE, a.colStride());
      device.control(MatrixKernels.COL_STRIDE, a.rowStride());
    }
    device.control(MatrixKernels.FIRST, from);
    run(device.matrices().squares(), count);
  }

  /** Factors the Gram matrix [q, q] at the start of the doubles. */
  void cholesky(int q) {
    device.control(CholeskyKernel.ROWS, q);
    run(device.matrices().cholesky(), 1);
  }

  /** Before every launch: what crosses uses the same part of the control array. */
  private void describe(TornadoMatrix a) {
    int at = a.at(residency); // may send it
    device.control(MatrixKernels.STORED, a.kind());
    device.control(MatrixKernels.AT, at);
    device.control(MatrixKernels.ROW_STRIDE, a.rowStride());
    device.control(MatrixKernels.COL_STRIDE, a.colStride());
    device.control(MatrixKernels.ROWS, a.rows());
    device.control(MatrixKernels.COLS, a.cols());
  }

  private static long tiles(int length, int tile) {
    return Math.ceilDiv(length, tile);
  }

  private void run(Graph graph, long groups) {
    graph.groups(0, groups);
    device.run(graph);
  }
}
