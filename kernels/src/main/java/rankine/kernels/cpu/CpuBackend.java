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

  private final CpuMatrixOps matrices;

  private CpuBackend(CpuKernels kernels, int threads) {
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.matrices = new CpuMatrixOps(kernels, workers);
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
    Run run = new Run(storage, batch, RowIndex.of(batch));
    for (Op op : program) {
      step(op, run);
    }
  }

  /** The operands of one call of {@link #run}. */
  private record Run(CpuActivations storage, Batch batch, RowIndex index) {
    Rows rows(Slot slot) {
      return storage.get(slot).first(batch.rows(slot.rows()));
    }
  }

  private void step(Op op, Run run) {
    switch (op) {
      case Op.Embed(Weight table, Slot out) -> embed(table, run.rows(out), run);
      case Op.AddPosition(Weight table, Slot inOut) -> addPosition(table, run.rows(inOut), run);
      case Op.LayerNorm(Slot in, Weight scale, Weight shift, float epsilon, Slot out) -> {
        Rows x = run.rows(in);
        Rows y = run.rows(out);
        float[] g = CpuWeight.vector(scale);
        float[] b = CpuWeight.vector(shift);
        eachRow(
            x.rows(),
            t -> kernels.layerNorm(x.data(), x.at(t), x.width(), g, b, epsilon, y.data(), y.at(t)));
      }
      case Op.RmsNorm(Slot in, Weight scale, float epsilon, Slot out) -> {
        Rows x = run.rows(in);
        Rows y = run.rows(out);
        float[] g = CpuWeight.vector(scale);
        eachRow(
            x.rows(),
            t -> kernels.rmsNorm(x.data(), x.at(t), x.width(), g, epsilon, y.data(), y.at(t)));
      }
      case Op.Linear linear ->
          kernels.linear(
              run.rows(linear.in()),
              CpuWeight.matrix(linear.weight()),
              linear.bias().map(CpuWeight::vector).orElse(null),
              linear.accumulate(),
              run.rows(linear.out()),
              workers);
      case Op.Rotary rotary -> rotate(rotary, run.rows(rotary.inOut()), run);
      case Op.StoreKeysValues(int layer, Slot keys, Slot values) -> {
        Rows k = run.rows(keys);
        Rows v = run.rows(values);
        List<Batch.Sequence> sequences = run.batch.sequences();
        int row = 0;
        for (Batch.Sequence sequence : sequences) {
          cache(sequence).store(layer, k, v, row, sequence.ids().length);
          row += sequence.ids().length;
        }
      }
      case Op.Attend attend -> attend(attend, run);
      case Op.Gelu(Slot inOut) -> {
        Rows x = run.rows(inOut);
        eachRow(x.rows(), t -> kernels.gelu(x.data(), x.at(t), x.width()));
      }
      case Op.SiluGate(Slot inOut, Slot up) -> {
        Rows x = run.rows(inOut);
        Rows u = run.rows(up);
        eachRow(x.rows(), t -> kernels.siluGate(x.data(), x.at(t), u.data(), u.at(t), x.width()));
      }
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

  private interface RowBody {
    void run(int row);
  }

  private void eachRow(int rows, RowBody body) {
    workers.run(rows, (worker, row) -> body.run(row));
  }

  private void embed(Weight table, Rows out, Run run) {
    Matrix w = CpuWeight.matrix(table);
    eachRow(
        out.rows(),
        t -> {
          int id = run.index.id(t);
          if (id < 0 || id >= w.rows()) {
            throw new IllegalArgumentException(
                "token id: expected 0 to %d, found %d".formatted(w.rows() - 1, id));
          }
          kernels.row(w, id, out.data(), out.at(t));
        });
  }

  private void addPosition(Weight table, Rows inOut, Run run) {
    Matrix w = CpuWeight.matrix(table);
    eachRow(
        inOut.rows(),
        t -> {
          float[] row = new float[w.cols()];
          kernels.row(w, run.index.position(t), row, 0);
          kernels.add(inOut.data(), inOut.at(t), row, 0, w.cols());
        });
  }

  private void rotate(Op.Rotary op, Rows x, Run run) {
    RotaryTable table = rotaryTables.computeIfAbsent(op.frequencies(), f -> new RotaryTable(f));
    table.cover(run.index.positions());
    eachRow(
        x.rows(),
        t -> {
          for (int h = 0; h < op.heads(); h++) {
            table.rotate(x.data(), x.at(t) + h * op.headDim(), run.index.position(t), op.pairing());
          }
        });
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
    int groups = Math.ceilDiv(q.rows(), GROUP);
    workers.run(
        Math.multiplyExact(groups, op.heads()),
        (worker, i) -> {
          int first = (groups - 1 - i % groups) * GROUP;
          int end = Math.min(first + GROUP, q.rows());
          int h = i / groups;
          for (int row = first; row < end; row += attendGroup(op, h, row, end, worker, run)) {}
        });
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
    eachRow(
        targets.length,
        i -> {
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
