package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;

/** Launches the kernels of {@link MatrixGraphs}: fills the control array, then runs the graph. */
final class MatrixLaunches {
  /** Elements per launch of {@link #copy}. */
  private static final long MAX_COPY_ELEMENTS = 1L << 28;

  /** Groups that a product should have: four for each multiprocessor of a large GPU. */
  private static final long MIN_GROUPS = 512;

  /** The fewest inputs of a part: fewer cost more in writing and adding sums than they save. */
  private static final int MIN_PART = 256;

  /** A part's inputs are a multiple of this. */
  private static final int PART_UNIT = 16;

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
   * Computes {@code X Wᵀ} with the model's GEMM kernel. A small result of many inputs is the sum of
   * products over parts of the inputs, which one launch computes: else few groups would run.
   *
   * @param w [out.cols, x.cols], or transposed
   */
  void product(TornadoMatrix x, TornadoMatrix w, boolean transposed, ResidentMatrix out) {
    long tiles = tiles(x.rows(), GemmKernel.TILE) * tiles(out.cols(), GemmKernel.TILE);
    int parts = parts(tiles, x.cols());
    if (parts == 1) {
      products(x, w, transposed, out.range().offset(), out.cols(), parts, tiles);
      return;
    }
    int elements = Math.multiplyExact(x.rows(), out.cols());
    DeviceRange sums = residency.allocateFloats((long) parts * elements);
    products(x, w, transposed, sums.offset(), out.cols(), parts, tiles);
    device.control(MatrixKernels.ROWS, parts);
    device.control(MatrixKernels.COLS, elements);
    device.control(MatrixKernels.OFFSET, sums.offset());
    device.control(MatrixKernels.OUT, out.range().offset());
    run(graphs.sumParts(), Math.ceilDiv(elements, MatrixKernels.GROUP));
    residency.free(sums);
  }

  /**
   * The parts of {@code inputs} for a result of {@code tiles} tiles. It depends on the sizes only,
   * so a product has the same bits on devices with more or fewer multiprocessors.
   */
  static int parts(long tiles, int inputs) {
    return Math.clamp(MIN_GROUPS / tiles, 1, Math.max(1, inputs / MIN_PART));
  }

  /** Computes the product over each part of the inputs, [parts, x.rows, outputs] at {@code to}. */
  private void products(
      TornadoMatrix x,
      TornadoMatrix w,
      boolean transposed,
      int to,
      int outputs,
      int parts,
      long tiles) {
    DeviceRange weight = w.range(residency);
    int rowStride = transposed ? w.colStride() : w.rowStride();
    int colStride = transposed ? w.rowStride() : w.colStride();
    // A part begins at a whole unit of 16-bit values, and at a whole block of the kernel.
    int length = Math.ceilDiv(Math.ceilDiv(x.cols(), parts), PART_UNIT) * PART_UNIT;
    int unit = w.dtypeCode() == WeightLoads.F32 ? 1 : WeightLoads.UNIT;
    int[] rows = new int[parts * OpEncoding.INTS];
    for (int part = 0; part < parts; part++) {
      int row = part * OpEncoding.INTS;
      int from = Math.min(part * length, x.cols());
      rows[row + OpEncoding.IN] = x.range(residency).offset() + from;
      rows[row + OpEncoding.IN_WIDTH] = Math.min(length, x.cols() - from);
      rows[row + OpEncoding.IN_STRIDE] = x.cols();
      rows[row + OpEncoding.OUT] = to + part * x.rows() * outputs;
      rows[row + OpEncoding.OUT_WIDTH] = outputs;
      rows[row + OpEncoding.DTYPE] = w.dtypeCode();
      rows[row + OpEncoding.ARRAY] = weight.array();
      rows[row + OpEncoding.WEIGHT] =
          Math.toIntExact(weight.offset() + (long) from * colStride / unit);
      rows[row + OpEncoding.ROW_STRIDE] = rowStride;
      rows[row + OpEncoding.COL_STRIDE] = colStride;
      rows[row + OpEncoding.BIAS] = -1;
      rows[row + OpEncoding.LAUNCHED] = parts;
      rows[row + OpEncoding.CHAINED] = 1;
      rows[row + OpEncoding.EPILOGUE] = OpEncoding.REPLACE;
    }
    FreeList tables = device.memory().tableSpace();
    int at = device.memory().allocateTable(rows.length);
    device.transfers().sendInts(device, rows, at);
    device.control(OpEncoding.OPS, at);
    device.control(OpEncoding.TOKENS, x.rows());
    run(device.graph(DeviceKernel.LINEAR_GEMM), parts * tiles);
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
