package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * Runs programs on the CPU, operation by operation, with the arithmetic of a {@link CpuKernels}.
 */
public final class CpuBackend implements Backend {
  /** Queries whose attention is one task. */
  private static final int GROUP = SharedAttention.QUERIES;

  private final CpuKernels kernels;
  private final Workers workers;
  private final Map<RotaryFrequencies, RotaryTable> rotaryTables = new HashMap<>();
  private final CpuKvCache.Pool pool = new CpuKvCache.Pool();
  private final ArrayPool arrays = new ArrayPool();

  /** Scratch of each worker for attention scores; grows with the longest sequence. */
  private final float[][] scores;

  /** Scratch of each worker: positions that the queries of a group see. */
  private final int[][] lengths;

  private final RowIndex index = new RowIndex();
  private final RowLoop rowLoop;
  private final AttendLoop attendLoop = new AttendLoop();
  private final CpuMatrixOps matrices;

  private CpuBackend(CpuKernels kernels, int threads) {
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.matrices = new CpuMatrixOps(kernels, workers);
    this.rowLoop = new RowLoop();
    this.scores = new float[threads][0];
    this.lengths = new int[threads][GROUP];
  }

  /** Plain loops on {@code threads} threads. */
  public static CpuBackend scalar(int threads) {
    return new CpuBackend(new ScalarKernels(), threads);
  }

  /** The Vector API on {@code threads} threads. */
  public static CpuBackend vector(int threads) {
    return new CpuBackend(new VectorKernels(), threads);
  }

  /** What {@link #vector} would compute with on this machine. */
  public static String vectorDescription() {
    return new VectorKernels().description();
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public String description() {
    return kernels.description()
        + ", "
        + workers.size()
        + (workers.size() == 1 ? " thread" : " threads");
  }

  @Override
  public Weight matrix(Matrix source) {
    return new CpuWeight.OfMatrix(source);
  }

  @Override
  public Weight vector(Matrix source) {
    float[] values = new float[source.cols()];
    kernels.row(source, 0, values, 0);
    return new CpuWeight.OfVector(values, source);
  }

  @Override
  public KvCache cache(KvShape shape) {
    return new CpuKvCache(shape, pool);
  }

  @Override
  public Activations activations(Collection<Slot> slots, int tokenRows, int wantedRows) {
    return new CpuActivations(slots, tokenRows, wantedRows, arrays);
  }

  @Override
  public void run(List<Op> program, Activations activations, Batch batch) {
    CpuActivations storage = (CpuActivations) activations;
    if (batch.rows() > storage.tokenRows() || batch.wanted().length > storage.wantedRows()) {
      throw new IllegalArgumentException(
          "batch: expected at most %d rows and %d wanted, found %d and %d"
              .formatted(
                  storage.tokenRows(), storage.wantedRows(), batch.rows(), batch.wanted().length));
    }
    index.set(batch);
    Run run = new Run(storage, batch, index);
    for (int i = 0; i < program.size(); i++) {
      step(program.get(i), run);
    }
  }

  /** The operands of one call of {@link #run}. */
  private record Run(CpuActivations storage, Batch batch, RowIndex index) {
    Rows rows(Slot slot) {
      return storage.first(slot, batch.rows(slot.rows()));
    }
  }

  private void step(Op op, Run run) {
    switch (op) {
      case Op.Embed(Weight table, Slot out) ->
          rowLoop.over(op, run, null, run.rows(out), CpuWeight.matrix(table), null, null);
      case Op.AddPosition(Weight table, Slot inOut) ->
          rowLoop.over(op, run, null, run.rows(inOut), CpuWeight.matrix(table), null, null);
      case Op.LayerNorm(Slot in, Weight scale, Weight shift, float _, Slot out) ->
          rowLoop.over(
              op,
              run,
              run.rows(in),
              run.rows(out),
              null,
              CpuWeight.vector(scale),
              CpuWeight.vector(shift));
      case Op.RmsNorm(Slot in, Weight scale, float _, Slot out) ->
          rowLoop.over(op, run, run.rows(in), run.rows(out), null, CpuWeight.vector(scale), null);
      case Op.Linear linear ->
          kernels.linear(
              run.rows(linear.in()),
              CpuWeight.matrix(linear.weight()),
              linear.bias().isPresent() ? CpuWeight.vector(linear.bias().get()) : null,
              linear.accumulate(),
              run.rows(linear.out()),
              workers);
      case Op.Rotary rotary -> {
        rowLoop.turns = rotaryTables.computeIfAbsent(rotary.frequencies(), f -> new RotaryTable(f));
        rowLoop.turns.cover(run.index.positions());
        rowLoop.over(op, run, null, run.rows(rotary.inOut()), null, null, null);
      }
      case Op.StoreKeysValues(int layer, Slot keys, Slot values) -> {
        Rows k = run.rows(keys);
        Rows v = run.rows(values);
        List<Batch.Sequence> sequences = run.batch.sequences();
        int row = 0;
        for (int s = 0; s < sequences.size(); s++) {
          Batch.Sequence sequence = sequences.get(s);
          cache(sequence).store(layer, k, v, row, sequence.ids().length);
          row += sequence.ids().length;
        }
      }
      case Op.Attend attend -> attend(attend, run);
      case Op.Gelu(Slot inOut) -> rowLoop.over(op, run, null, run.rows(inOut), null, null, null);
      case Op.SiluGate(Slot inOut, Slot up) ->
          rowLoop.over(op, run, run.rows(up), run.rows(inOut), null, null, null);
      case Op.Select(Slot in, Slot out) -> {
        Rows x = run.rows(in);
        Rows y = run.rows(out);
        int[] wanted = run.batch.wanted();
        for (int i = 0; i < wanted.length; i++) {
          System.arraycopy(x.data(), x.at(wanted[i]), y.data(), y.at(i), x.width());
        }
      }
    }
  }

  /**
   * An operation that goes row by row. Prepared anew for each one, where a lambda would be an
   * object for each one.
   */
  private final class RowLoop implements Workers.Body {
    private Op op;
    private Run run;
    private Rows x;
    private Rows y;
    private Matrix table;
    private float[] scale;
    private float[] shift;
    private RotaryTable turns;

    /** Scratch of each worker: one row of {@code table}. */
    private final float[][] positions = new float[workers.size()][0];

    /** Each row of {@code y}, from the same row of {@code x}, as far as the operation has them. */
    void over(Op op, Run run, Rows x, Rows y, Matrix table, float[] scale, float[] shift) {
      this.op = op;
      this.run = run;
      this.x = x;
      this.y = y;
      this.table = table;
      this.scale = scale;
      this.shift = shift;
      workers.run(y.rows(), this);
    }

    @Override
    public void run(int worker, int t) {
      float[] out = y.data();
      int to = y.at(t);
      switch (op) {
        case Op.Embed _ -> embed(run.index.id(t), out, to);
        case Op.AddPosition _ -> {
          float[] row = positions[worker];
          if (row.length < table.cols()) {
            row = new float[table.cols()];
            positions[worker] = row;
          }
          kernels.row(table, run.index.position(t), row, 0);
          kernels.add(out, to, row, 0, table.cols());
        }
        case Op.LayerNorm norm ->
            kernels.layerNorm(x.data(), x.at(t), x.width(), scale, shift, norm.epsilon(), out, to);
        case Op.RmsNorm norm ->
            kernels.rmsNorm(x.data(), x.at(t), x.width(), scale, norm.epsilon(), out, to);
        case Op.Rotary rotary -> {
          for (int h = 0; h < rotary.heads(); h++) {
            int at = to + h * rotary.headDim();
            turns.rotate(out, at, run.index.position(t), rotary.pairing());
          }
        }
        case Op.Gelu _ -> kernels.gelu(out, to, y.width());
        case Op.SiluGate _ -> kernels.siluGate(out, to, x.data(), x.at(t), y.width());
        case Op.Linear _, Op.StoreKeysValues _, Op.Attend _, Op.Select _ ->
            throw new IllegalStateException("not row by row: " + op);
      }
    }

    private void embed(int id, float[] out, int to) {
      if (id < 0 || id >= table.rows()) {
        throw new IllegalArgumentException(
            "token id: expected 0 to %d, found %d".formatted(table.rows() - 1, id));
      }
      kernels.row(table, id, out, to);
    }
  }

  private void attend(Op.Attend op, Run run) {
    Rows q = run.rows(op.queries());
    int needed = GROUP * Math.ceilDiv(run.index.positions() + CpuKvCache.BLOCK, 256) * 256;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i].length < needed) {
        scores[i] = new float[needed];
      }
    }
    // Head by head, whose keys and values stay in a second-level cache. The longest rows come last:
    // start with them, so that the workers finish together.
    attendLoop.over(op, run, q.rows());
  }

  /** Attention in groups of rows, head by head. */
  private final class AttendLoop implements Workers.Body {
    private Op.Attend op;
    private Run run;
    private int rows;
    private int groups;

    void over(Op.Attend op, Run run, int rows) {
      this.op = op;
      this.run = run;
      this.rows = rows;
      groups = Math.ceilDiv(rows, GROUP);
      workers.run(Math.multiplyExact(groups, op.heads()), this);
    }

    @Override
    public void run(int worker, int i) {
      int first = (groups - 1 - i % groups) * GROUP;
      int end = Math.min(first + GROUP, rows);
      int h = i / groups;
      for (int row = first; row < end; row += attendGroup(op, h, row, end, worker, run)) {}
    }
  }

  /**
   * Attention of head h for rows from {@code row} on, below {@code end}, as far as they are of one
   * sequence; returns how many.
   */
  private int attendGroup(Op.Attend op, int h, int row, int end, int worker, Run run) {
    Rows q = run.rows(op.queries());
    int headDim = q.width() / op.heads();
    int sequence = run.index.sequence(token(op.queries(), row, run));
    CpuKvCache cache = cache(run.batch.sequences().get(sequence));
    int count = 0;
    while (row + count < end) {
      int t = token(op.queries(), row + count, run);
      if (run.index.sequence(t) != sequence) {
        break;
      }
      lengths[worker][count++] = run.index.position(t) + 1;
    }
    kernels.attendRows(
        q,
        row,
        count,
        h * headDim,
        cache,
        op.layer(),
        (int) ((long) h * cache.shape().kvHeads() / op.heads()),
        lengths[worker],
        op.scale(),
        scores[worker],
        run.rows(op.out()));
    return count;
  }

  /** Which token of the batch row {@code row} of a slot belongs to. */
  private static int token(Slot slot, int row, Run run) {
    return switch (slot.rows()) {
      case TOKENS -> row;
      case WANTED -> run.batch.wanted()[row];
    };
  }

  private static CpuKvCache cache(Batch.Sequence sequence) {
    return (CpuKvCache) sequence.cache();
  }

  @Override
  public void read(Activations activations, Slot slot, int row, float[] into) {
    Rows rows = ((CpuActivations) activations).get(slot);
    System.arraycopy(rows.data(), rows.at(row), into, 0, rows.width());
  }

  @Override
  public void read(Activations activations, Slot slot, int row, int count, MemorySegment into) {
    Rows rows = ((CpuActivations) activations).get(slot);
    for (int i = 0; i < count; i++) {
      long to = (long) i * rows.width() * Float.BYTES;
      MemorySegment.copy(
          rows.data(), rows.at(row + i), into, ValueLayout.JAVA_FLOAT, to, rows.width());
    }
  }

  @Override
  public void write(Activations activations, Slot slot, int row, int count, MemorySegment from) {
    Rows rows = ((CpuActivations) activations).get(slot);
    for (int i = 0; i < count; i++) {
      long at = (long) i * rows.width() * Float.BYTES;
      MemorySegment.copy(
          from, ValueLayout.JAVA_FLOAT, at, rows.data(), rows.at(row + i), rows.width());
    }
  }

  @Override
  public double[][] logProbabilities(Activations activations, Slot logits, int[][] targets) {
    Rows rows = ((CpuActivations) activations).get(logits);
    double[][] result = new double[targets.length][];
    workers.run(
        targets.length,
        (worker, i) -> {
          int at = rows.at(i);
          double logSum = kernels.logSumExp(rows.data(), at, rows.width());
          result[i] = new double[targets[i].length];
          for (int j = 0; j < targets[i].length; j++) {
            result[i][j] = rows.data()[at + targets[i][j]] - logSum;
          }
        });
    return result;
  }

  @Override
  public int argmax(Activations activations, Slot slot, int row) {
    Rows rows = ((CpuActivations) activations).get(slot);
    int best = 0;
    for (int c = 0; c < rows.width(); c++) {
      float value = rows.data()[rows.at(row) + c];
      if (Float.isNaN(value)) {
        return -1;
      }
      if (value > rows.data()[rows.at(row) + best]) {
        best = c;
      }
    }
    return best;
  }

  @Override
  public MatrixOps matrices() {
    return matrices;
  }

  @Override
  public void close() {
    workers.close();
  }
}
