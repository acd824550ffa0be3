package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.List;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Op;
import rankine.kernels.RowReader;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * Runs programs on the CPU, operation by operation, with the arithmetic of a {@link CpuKernels}.
 * Neighbouring linear layers of one input run as a {@link LinearGroup}.
 */
public final class CpuBackend implements Backend {
  private final CpuKernels kernels;
  private final Workers workers;
  private final ArrayPool kvArrays = new ArrayPool();
  private final ArrayPool arrays = new ArrayPool();

  private final RunContext run = new RunContext();
  private final LinearGroup group = new LinearGroup();
  private final RowWiseOp rowWise;
  private final AttentionOp attention;
  private final CpuMatrixOps matrices;

  private CpuBackend(CpuKernels kernels, int threads) {
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.matrices = new CpuMatrixOps(kernels, workers);
    this.rowWise = new RowWiseOp(kernels, workers);
    this.attention = new AttentionOp(kernels, workers);
  }

  /** The {@code scalar} backend on {@code threads} threads. */
  public static CpuBackend scalar(int threads) {
    return new CpuBackend(new ScalarKernels(), threads);
  }

  /** The {@code vector} backend on {@code threads} threads. */
  public static CpuBackend vector(int threads) {
    return new CpuBackend(new VectorKernels(), threads);
  }

  /** Describes the vector unit that {@link #vector} uses on this machine. */
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
  public boolean usesHeap() {
    return true;
  }

  @Override
  public Weight matrix(Matrix source) {
    return new CpuWeight.OfMatrix(source);
  }

  @Override
  public Weight table(Matrix source, RowReader rows) {
    return new CpuWeight.OfTable(source, rows);
  }

  @Override
  public Weight vector(Matrix source) {
    float[] values = new float[source.cols()];
    kernels.row(source, 0, values, 0);
    return new CpuWeight.OfVector(values, source);
  }

  @Override
  public KvCache cache(KvShape shape) {
    return new CpuKvCache(shape, kvArrays);
  }

  @Override
  public Activations activations(Collection<Slot> slots, int tokenRows, int logitRows) {
    return new CpuActivations(slots, tokenRows, logitRows, arrays);
  }

  @Override
  public void run(List<Op> program, Activations activations, Batch batch) {
    CpuActivations storage = (CpuActivations) activations;
    if (batch.rows() > storage.tokenRows() || batch.logitRows().length > storage.logitRows()) {
      throw new IllegalArgumentException(
          "batch: expected at most %d token rows and %d logit rows, found %d and %d"
              .formatted(
                  storage.tokenRows(),
                  storage.logitRows(),
                  batch.rows(),
                  batch.logitRows().length));
    }
    run.set(storage, batch);
    int i = 0;
    while (i < program.size()) {
      if (program.get(i) instanceof Op.Linear linear) {
        i = linears(linear.in(), program, i);
      } else {
        execute(program.get(i++));
      }
    }
  }

  /**
   * Runs the linear layers from {@code first} on that read {@code in}, up to the first whose output
   * another one of them writes.
   *
   * @return the index of the next operation
   */
  private int linears(Slot in, List<Op> program, int first) {
    group.reset(run.rows(in));
    int i = first;
    while (i < program.size()
        && program.get(i) instanceof Op.Linear linear
        && linear.in().equals(in)
        && !group.writes(run.rows(linear.out()))) {
      group.add(
          CpuWeight.matrix(linear.weight()),
          linear.bias().isPresent() ? CpuWeight.vector(linear.bias().get()) : null,
          linear.accumulate(),
          run.rows(linear.out()));
      i++;
    }
    kernels.linear(group, workers);
    return i;
  }

  private void execute(Op op) {
    switch (op) {
      case Op.RowWise o -> rowWise.execute(o, run);
      case Op.Linear _ ->
          throw new IllegalStateException("operation: expected no linear layer, found " + op);
      case Op.AppendKv(int layer, Slot keys, Slot values) -> {
        ActivationRows k = run.rows(keys);
        ActivationRows v = run.rows(values);
        List<Batch.Sequence> sequences = run.batch().sequences();
        int row = 0;
        for (int s = 0; s < sequences.size(); s++) {
          int tokens = sequences.get(s).ids().length;
          run.cache(s).store(layer, k, v, row, tokens);
          row += tokens;
        }
      }
      case Op.Attention attend -> attention.execute(attend, run);
      case Op.GatherRows(Slot in, Slot out) -> {
        ActivationRows x = run.rows(in);
        ActivationRows y = run.rows(out);
        int[] logitRows = run.batch().logitRows();
        for (int i = 0; i < logitRows.length; i++) {
          System.arraycopy(x.data(), x.at(logitRows[i]), y.data(), y.at(i), x.width());
        }
      }
    }
  }

  @Override
  public void read(Activations activations, Slot slot, int row, float[] into) {
    ActivationRows rows = ((CpuActivations) activations).get(slot);
    System.arraycopy(rows.data(), rows.at(row), into, 0, rows.width());
  }

  @Override
  public void read(Activations activations, Slot slot, int row, int count, MemorySegment into) {
    ActivationRows rows = ((CpuActivations) activations).get(slot);
    for (int i = 0; i < count; i++) {
      long to = (long) i * rows.width() * Float.BYTES;
      MemorySegment.copy(
          rows.data(), rows.at(row + i), into, ValueLayout.JAVA_FLOAT, to, rows.width());
    }
  }

  @Override
  public void write(Activations activations, Slot slot, int row, int count, MemorySegment from) {
    ActivationRows rows = ((CpuActivations) activations).get(slot);
    for (int i = 0; i < count; i++) {
      long at = (long) i * rows.width() * Float.BYTES;
      MemorySegment.copy(
          from, ValueLayout.JAVA_FLOAT, at, rows.data(), rows.at(row + i), rows.width());
    }
  }

  @Override
  public double[][] logProbabilities(Activations activations, Slot logits, int[][] targets) {
    ActivationRows rows = ((CpuActivations) activations).get(logits);
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
    ActivationRows rows = ((CpuActivations) activations).get(slot);
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
