package rankine.kernels.cpu;

import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.RowReader;

/**
 * Runs an operation row by row. One instance serves all operations: a lambda would be an object per
 * operation.
 */
final class RowWiseOp implements Workers.Body {
  private final CpuKernels kernels;
  private final Workers workers;
  private final Map<RotaryFrequencies, RotaryTable> rotaryTables = new HashMap<>();

  private Op op;
  private RunContext run;
  private ActivationRows x;
  private ActivationRows y;
  private Matrix table;
  private float[] scale;
  private float[] shift;
  private RotaryTable rotaryTable;

  /** Reader of an embedding table that is read row by row, else null. */
  private RowReader reader;

  /** One row of {@code table} for each worker. */
  private final float[][] positions;

  /** One row in its stored type, filled by {@code reader}, for each worker. */
  private final RowBuffer[] rowBuffers;

  RowWiseOp(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.positions = new float[workers.size()][0];
    this.rowBuffers = new RowBuffer[workers.size()];
  }

  /** Runs an embedding lookup. */
  void execute(Op.Embed embed, RunContext run) {
    reader = embed.table() instanceof CpuWeight.OfTable table ? table.reader() : null;
    Matrix table = CpuWeight.matrix(embed.table());
    execute(embed, run, null, run.rows(embed.out()), table, null, null);
  }

  /** Runs a rotary position embedding. */
  void execute(Op.Rotary rotary, RunContext run) {
    rotaryTable = rotaryTables.computeIfAbsent(rotary.frequencies(), f -> new RotaryTable(f));
    rotaryTable.cover(run.index().positions());
    execute(rotary, run, null, run.rows(rotary.inOut()), null, null, null);
  }

  /**
   * Runs {@code op}: each row of {@code y} from the same row of {@code x}; null for operands that
   * the operation does not have.
   */
  void execute(
      Op op,
      RunContext run,
      ActivationRows x,
      ActivationRows y,
      Matrix table,
      float[] scale,
      float[] shift) {
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
      case Op.Embed _ -> embed(worker, run.index().id(t), out, to);
      case Op.AddPosition _ -> {
        float[] row = positions[worker];
        if (row.length < table.cols()) {
          row = new float[table.cols()];
          positions[worker] = row;
        }
        kernels.row(table, run.index().position(t), row, 0);
        kernels.add(out, to, row, 0, table.cols());
      }
      case Op.LayerNorm norm ->
          kernels.layerNorm(x.data(), x.at(t), x.width(), scale, shift, norm.epsilon(), out, to);
      case Op.RmsNorm norm ->
          kernels.rmsNorm(x.data(), x.at(t), x.width(), scale, norm.epsilon(), out, to);
      case Op.Rotary rotary -> {
        for (int h = 0; h < rotary.heads(); h++) {
          int at = to + h * rotary.headDim();
          rotaryTable.rotate(out, at, run.index().position(t), rotary.pairing());
        }
      }
      case Op.Gelu _ -> kernels.gelu(out, to, y.width());
      case Op.SwiGlu _ -> kernels.swiGlu(out, to, x.data(), x.at(t), y.width());
      case Op.Linear _, Op.AppendKv _, Op.Attention _, Op.GatherRows _ ->
          throw new IllegalStateException("operation: expected a row-wise one, found " + op);
    }
  }

  private void embed(int worker, int id, float[] out, int to) {
    if (id < 0 || id >= table.rows()) {
      throw new IllegalArgumentException(
          "token id: expected 0 to %d, found %d".formatted(table.rows() - 1, id));
    }
    if (reader == null) {
      kernels.row(table, id, out, to);
      return;
    }
    RowBuffer buffer = rowBuffers[worker];
    if (buffer == null || !buffer.fits(table)) {
      buffer = RowBuffer.of(table);
      rowBuffers[worker] = buffer;
    }
    reader.read(id, buffer.bytes().clear());
    kernels.row(buffer.row(), 0, out, to);
  }
}
