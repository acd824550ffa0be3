package rankine.kernels.tornado;

import java.util.List;
import rankine.common.BackendException;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** Writes steps as rows of ints: see {@link OpEncoding}. */
final class ProgramEncoder {
  private final TornadoActivations storage;
  private final Residency residency;
  private final RotaryTables rotary;
  private final KvShape shape;

  /** For programs on these activations, and sequences of this shape. */
  ProgramEncoder(
      TornadoActivations storage, Residency residency, RotaryTables rotary, KvShape shape) {
    this.storage = storage;
    this.residency = residency;
    this.rotary = rotary;
    this.shape = shape;
  }

  /**
   * All rows, one after the other.
   *
   * @param numbers for the floats of each step, filled here
   * @param at where they will be, in the floats
   */
  int[] encode(List<DeviceOp> steps, float[] numbers, int at) {
    int[] ints = new int[steps.size() * OpEncoding.INTS];
    for (int i = 0; i < steps.size(); i++) {
      ints[i * OpEncoding.INTS + OpEncoding.NUMBER] = at + i;
      numbers[i] = number(steps.get(i).op());
      new Writer(ints, i * OpEncoding.INTS).step(steps.get(i));
    }
    return ints;
  }

  private static float number(Op op) {
    return switch (op) {
      case Op.LayerNorm norm -> norm.epsilon();
      case Op.RmsNorm norm -> norm.epsilon();
      case Op.Attention attend -> attend.scale();
      case null, default -> 0;
    };
  }

  private final class Writer {
    private final int[] ints;
    private final int row;

    Writer(int[] ints, int row) {
      this.ints = ints;
      this.row = row;
    }

    private void set(int field, int value) {
      ints[row + field] = value;
    }

    void step(DeviceOp step) {
      set(OpEncoding.BIAS, -1);
      set(OpEncoding.DOMAIN, step.rows() == Slot.RowDomain.TOKENS ? 0 : 1);
      set(OpEncoding.EPILOGUE, step.epilogue());
      if (step.op() == null) {
        return; // no outputs: nothing is done
      }
      switch (step.op()) {
        case Op.Embed(Weight table, Slot out) -> {
          weight(table);
          out(out);
        }
        case Op.AddPosition(Weight table, Slot inOut) -> {
          weight(table);
          out(inOut);
        }
        case Op.LayerNorm(Slot in, Weight scale, Weight shift, float _, Slot out) -> {
          in(in);
          weight(scale);
          set(OpEncoding.BIAS, TornadoMatrix.of(shift).at(residency));
          out(out);
        }
        case Op.RmsNorm(Slot in, Weight scale, float _, Slot out) -> {
          in(in);
          weight(scale);
          out(out);
        }
        case Op.Linear linear -> {
          in(linear.in());
          weight(linear.weight());
          linear.bias().ifPresent(b -> set(OpEncoding.BIAS, TornadoMatrix.of(b).at(residency)));
          out(linear.out());
          if (step.gate() != null) {
            set(OpEncoding.OTHER, storage.at(step.gate()));
          }
        }
        case Op.Rotary op -> {
          int pairs = op.frequencies().rotaryDim() / 2;
          out(op.inOut());
          set(OpEncoding.IN_WIDTH, pairs);
          set(OpEncoding.WEIGHT, rotary.at(op.frequencies()));
          set(OpEncoding.HEADS, op.heads());
          set(OpEncoding.HEAD_DIM, op.headDim());
          boolean halves = op.pairing() == Op.Pairing.HALVES;
          set(OpEncoding.ROW_STRIDE, halves ? 1 : 2);
          set(OpEncoding.COL_STRIDE, halves ? pairs : 1);
        }
        case Op.AppendKv(int layer, Slot keys, Slot values) -> {
          in(keys);
          set(OpEncoding.OTHER, storage.at(values));
          set(OpEncoding.EXTRA, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Attention(int layer, Slot queries, int heads, float _, Slot out) -> {
          if (shape.headDim() > AttentionKernels.MAX_HEAD_DIM) {
            throw new BackendException(
                "backend tornado: attention: expected at most %d features a head, found %d"
                    .formatted(AttentionKernels.MAX_HEAD_DIM, shape.headDim()));
          }
          in(queries);
          out(out);
          set(OpEncoding.IN_WIDTH, shape.kvHeads());
          set(OpEncoding.HEADS, heads);
          set(OpEncoding.HEAD_DIM, shape.headDim());
          set(OpEncoding.EXTRA, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Gelu(Slot inOut) -> out(inOut);
        case Op.SwiGlu(Slot inOut, Slot up) -> {
          out(inOut);
          set(OpEncoding.OTHER, storage.at(up));
        }
        case Op.GatherRows(Slot in, Slot out) -> {
          in(in);
          out(out);
        }
      }
    }

    private void in(Slot slot) {
      set(OpEncoding.IN, storage.at(slot));
      set(OpEncoding.IN_WIDTH, slot.width());
    }

    private void out(Slot slot) {
      set(OpEncoding.OUT, storage.at(slot));
      set(OpEncoding.OUT_WIDTH, slot.width());
    }

    private void weight(Weight weight) {
      TornadoMatrix matrix = TornadoMatrix.of(weight);
      set(OpEncoding.STORED, matrix.kind());
      set(OpEncoding.WEIGHT, matrix.at(residency));
      set(OpEncoding.ROW_STRIDE, matrix.rowStride());
      set(OpEncoding.COL_STRIDE, matrix.colStride());
    }
  }
}
