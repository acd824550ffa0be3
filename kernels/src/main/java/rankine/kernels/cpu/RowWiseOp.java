package rankine.kernels.cpu;

import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.RowReader;

/**
 * An operation that goes row by row. Prepared anew for each one, where a lambda would be an object
 * for each one.
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
  private RotaryTable turns;

  /** Of an embedding that is read row by row, else null. */
  private RowReader reader;

  /** Scratch of each worker: one row of {@code table}. */
  private final float[][] positions;

  /** Scratch of each worker: one row as {@code reader} gives it. */
  private final RowBuffer[] windows;

  RowWiseOp(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.positions = new float[workers.size()][0];
    this.windows = new RowBuffer[workers.size()];
  }

  /** Looks up the row of each token. */
  void over(Op.Embed embed, RunContext run) {
    reader = embed.table() instanceof CpuWeight.OfTable table ? table.reader() : null;
    Matrix table = CpuWeight.matrix(embed.table());
    over(embed, run, null, run.rows(embed.out()), table, null, null);
  }

  /** Turns queries or keys. */
  void over(Op.Rotary rotary, RunContext run) {
    turns = rotaryTables.computeIfAbsent(rotary.frequencies(), f -> new RotaryTable(f));
    turns.cover(run.index().positions());
    over(rotary, run, null, run.rows(rotary.inOut()), null, null, null);
  }

  /** Each row of {@code y}, from the same row of {@code x}, as far as the operation has them. */
  void over(
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
          turns.rotate(out, at, run.index().position(t), rotary.pairing());
        }
      }
      case Op.Gelu _ -> kernels.gelu(out, to, y.width());
      case Op.SwiGlu _ -> kernels.siluGate(out, to, x.data(), x.at(t), y.width());
      case Op.Linear _, Op.AppendKv _, Op.Attention _, Op.GatherRows _ ->
          throw new IllegalStateException("not row by row: " + op);
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
    RowBuffer window = windows[worker];
    if (window == null || !window.fits(table)) {
      window = RowBuffer.of(table);
      windows[worker] = window;
    }
    reader.read(id, window.bytes().clear());
    kernels.row(window.row(), 0, out, to);
  }
}
