package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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

  private Op.RowWise op;
  private RunContext run;
  private ActivationRows x;
  private ActivationRows y;
  private RotaryTable rotaryTable;

  /** Reader of an embedding table that is read row by row, else null. */
  private RowReader reader;

  /** One row of a table of positions for each worker. */
  private final float[][] positions;

  /** One row in its stored type, filled by {@code reader}, for each worker. */
  private final RowBuffer[] rowBuffers;

  /**
   * A buffer for one row of a table that is read row by row.
   *
   * @param bytes the row as stored, off the heap
   * @param row the same memory as a matrix of shape [1, cols]
   */
  private record RowBuffer(ByteBuffer bytes, Matrix row) {
    /** Allocates a buffer for a row of {@code table}. */
    static RowBuffer of(Matrix table) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(table.cols() * table.dtype().bytes());
      MemorySegment data = MemorySegment.ofBuffer(bytes);
      return new RowBuffer(bytes, Matrix.rowMajor(data, table.dtype(), 1, table.cols()));
    }

    boolean fits(Matrix table) {
      return row.cols() == table.cols() && row.dtype() == table.dtype();
    }
  }

  RowWiseOp(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.positions = new float[workers.size()][0];
    this.rowBuffers = new RowBuffer[workers.size()];
  }

  void execute(Op.RowWise op, RunContext run) {
    this.op = op;
    this.run = run;
    this.y = run.rows(op.out());
    this.x = run.rows(op.in());
    if (op instanceof Op.Embed embed) {
      reader = embed.table() instanceof CpuWeight.OfTable table ? table.reader() : null;
    } else if (op instanceof Op.Rotary rotary) {
      rotaryTable = rotaryTables.computeIfAbsent(rotary.frequencies(), f -> new RotaryTable(f));
      rotaryTable.cover(run.positions());
    }
    workers.run(y.rows(), this);
  }

  /** Computes row t. */
  @Override
  public void run(int worker, int t) {
    float[] in = x.data();
    int from = x.at(t);
    float[] out = y.data();
    int to = y.at(t);
    int width = y.width();
    switch (op) {
      case Op.Embed embed -> embed(worker, CpuWeight.matrix(embed.table()), run.id(t), out, to);
      case Op.AddPosition add ->
          addPosition(worker, CpuWeight.matrix(add.table()), run.position(t), out, to);
      case Op.LayerNorm norm -> {
        float[] scale = CpuWeight.vector(norm.scale());
        float[] shift = norm.shift().isPresent() ? CpuWeight.vector(norm.shift().get()) : null;
        kernels.layerNorm(in, from, width, scale, shift, norm.epsilon(), out, to);
      }
      case Op.RmsNorm norm -> {
        float[] scale = CpuWeight.vector(norm.scale());
        int headDim = width / norm.heads();
        for (int d = 0; d < width; d += headDim) {
          kernels.rmsNorm(in, from + d, headDim, scale, norm.epsilon(), out, to + d);
        }
      }
      case Op.Rotary rotary -> {
        for (int h = 0; h < rotary.heads(); h++) {
          int at = to + h * rotary.headDim();
          rotaryTable.rotate(out, at, run.position(t), rotary.pairing());
        }
      }
      case Op.Activation o -> kernels.activate(o.function(), out, to, width);
      case Op.GatedActivation o -> kernels.activate(o.function(), out, to, in, from, width);
      case Op.Scale o -> kernels.scale(out, to, width, o.factor());
      case Op.SoftCap o -> kernels.softCap(out, to, width, o.cap());
      case Op.Add _ -> kernels.add(out, to, in, from, width);
    }
  }

  private void addPosition(int worker, Matrix table, int position, float[] out, int to) {
    float[] row = positions[worker];
    if (row.length < table.cols()) {
      row = new float[table.cols()];
      positions[worker] = row;
    }
    kernels.row(table, position, row, 0);
    kernels.add(out, to, row, 0, table.cols());
  }

  private void embed(int worker, Matrix table, int id, float[] out, int to) {
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
