package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;

/** Launches the kernels of {@link MatrixGraphs}: fills the control array, then runs the graph. */
final class MatrixLaunches {
  /** Elements per launch of {@link #copy}. */
  private static final long MAX_COPY_ELEMENTS = 1L << 28;

  private final Residency residency;
  private final Device device;
  private final MatrixGraphs graphs;

  MatrixLaunches(Residency residency, Device device, MatrixGraphs graphs) {
    this.residency = residency;
    this.device = device;
    this.graphs = graphs;
  }

  /** Writes {@code scale · A}, row-major, to offset {@code at} of the floats. */
  void copy(TornadoMatrix a, float scale, int at) {
    DeviceRange factor = residency.send(MemorySegment.ofArray(new float[] {scale}));
    describe(a);
    device.control(MatrixKernels.OUT, at);
    device.control(MatrixKernels.SCALE, factor.offset());
    int rowsPerLaunch = Math.clamp(MAX_COPY_ELEMENTS / a.cols(), 1, a.rows());
    for (int from = 0; from < a.rows(); from += rowsPerLaunch) {
      device.control(MatrixKernels.FIRST_ROW, from);
      long elements = (long) Math.min(rowsPerLaunch, a.rows() - from) * a.cols();
      run(graphs.copy(), Math.ceilDiv(elements, MatrixKernels.GROUP));
    }
    residency.free(factor);
  }

  /** Fills a matrix with Gaussian values. */
  void gaussian(ResidentMatrix out, long seed) {
    describe(out);
    device.control(MatrixKernels.OUT, out.range().offset());
    device.control(MatrixKernels.SEED, (int) seed);
    device.control(MatrixKernels.SEED + 1, (int) (seed >> 32));
    long items = (long) out.rows() * Math.ceilDiv(out.cols(), 4);
    run(graphs.gaussian(), Math.ceilDiv(items, MatrixKernels.GROUP));
  }

  /**
   * Computes {@code X Wᵀ} with the model's GEMM kernel.
   *
   * @param w [out.cols, x.cols], or transposed
   */
  void product(TornadoMatrix x, TornadoMatrix w, boolean transposed, ResidentMatrix out) {
    int[] row = new int[OpEncoding.INTS];
    DeviceRange weight = w.range(residency);
    row[OpEncoding.IN] = x.range(residency).offset();
    row[OpEncoding.IN_WIDTH] = x.cols();
    row[OpEncoding.OUT] = out.range().offset();
    row[OpEncoding.OUT_WIDTH] = out.cols();
    row[OpEncoding.DTYPE] = w.dtypeCode();
    row[OpEncoding.ARRAY] = weight.array();
    row[OpEncoding.WEIGHT] = weight.offset();
    row[OpEncoding.ROW_STRIDE] = transposed ? w.colStride() : w.rowStride();
    row[OpEncoding.COL_STRIDE] = transposed ? w.rowStride() : w.colStride();
    row[OpEncoding.BIAS] = -1;
    row[OpEncoding.LAUNCHED] = 1;
    row[OpEncoding.EPILOGUE] = OpEncoding.REPLACE;
    FreeList tables = device.memory().tableSpace();
    int at = tables.allocate(OpEncoding.INTS);
    device.transfers().sendInts(device, row, at);
    device.control(OpEncoding.OPS, at);
    device.control(OpEncoding.TOKENS, x.rows());
    run(
        device.graph(DeviceKernel.LINEAR_GEMM),
        tiles(x.rows(), LinearKernels.GEMM_TILE) * tiles(out.cols(), LinearKernels.GEMM_TILE));
    tables.free(at);
  }

  /**
   * Computes {@code count} rows of {@code A Aᵀ}, from {@code from} on, at the start of the doubles.
   */
  void gram(TornadoMatrix a, int from, int count) {
    describe(a);
    device.control(MatrixKernels.FIRST_ROW, from);
    device.control(MatrixKernels.ROW_COUNT, count);
    run(graphs.gram(), tiles(count, MatrixKernels.TILE) * tiles(a.rows(), MatrixKernels.TILE));
  }

  /**
   * Computes rows {@code from} and on of {@code C A}; C [count, a.rows] at {@code at} in the
   * doubles.
   */
  void combine(TornadoMatrix a, ResidentMatrix out, int at, int from, int count) {
    describe(a);
    device.control(MatrixKernels.COEFFICIENTS, at);
    device.control(MatrixKernels.OUT, out.range().offset());
    device.control(MatrixKernels.FIRST_ROW, from);
    device.control(MatrixKernels.ROW_COUNT, count);
    run(graphs.combine(), tiles(count, MatrixKernels.TILE) * tiles(a.cols(), MatrixKernels.TILE));
  }

  /**
   * Sums the squares of {@code count} contiguous rows (columns of a column-major A), from {@code
   * from} on, at the start of the doubles.
   */
  void squares(TornadoMatrix a, int from, int count) {
    describe(a);
    if (a.colStride() != 1) {
      device.control(MatrixKernels.COLS, a.rows());
      device.control(MatrixKernels.ROW_STRIDE, a.colStride());
      device.control(MatrixKernels.COL_STRIDE, a.rowStride());
    }
    device.control(MatrixKernels.FIRST_ROW, from);
    run(graphs.squares(), count);
  }

  /** Factors the Gram matrix [q, q] at the start of the doubles. */
  void cholesky(int q) {
    device.control(CholeskyKernel.ROWS, q);
    run(graphs.cholesky(), 1);
  }

  /** Describes A in the control array, before every launch: transfers overwrite the same fields. */
  private void describe(TornadoMatrix a) {
    DeviceRange range = a.range(residency); // may send the weight
    device.control(MatrixKernels.DTYPE, a.dtypeCode());
    device.control(MatrixKernels.ARRAY, range.array());
    device.control(MatrixKernels.OFFSET, range.offset());
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
