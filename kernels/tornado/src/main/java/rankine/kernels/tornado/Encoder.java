package rankine.kernels.tornado;

import java.util.List;
import rankine.kernels.BackendException;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** Writes steps as rows of ints: see {@link Row}. */
final class Encoder {
  private final TornadoActivations storage;
  private final Residency residency;
  private final RotaryTables rotary;
  private final KvShape shape;

  /** For programs on these activations, and sequences of this shape. */
  Encoder(TornadoActivations storage, Residency residency, RotaryTables rotary, KvShape shape) {
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
  int[] encode(List<Step> steps, float[] numbers, int at) {
    int[] ints = new int[steps.size() * Row.INTS];
    for (int i = 0; i < steps.size(); i++) {
      ints[i * Row.INTS + Row.NUMBER] = at + i;
      numbers[i] = number(steps.get(i).op());
      new Writer(ints, i * Row.INTS).step(steps.get(i));
    }
    return ints;
  }

  private static float number(Op op) {
    return switch (op) {
      case Op.LayerNorm norm -> norm.epsilon();
      case Op.RmsNorm norm -> norm.epsilon();
      case Op.Attend attend -> attend.scale();
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

    void step(Step step) {
      set(Row.BIAS, -1);
      set(Row.DOMAIN, step.rows() == Slot.Rows.TOKENS ? 0 : 1);
      set(Row.EPILOGUE, step.epilogue());
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
          set(Row.BIAS, TornadoMatrix.of(shift).at(residency));
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
          linear.bias().ifPresent(b -> set(Row.BIAS, TornadoMatrix.of(b).at(residency)));
          out(linear.out());
          if (step.gate() != null) {
            set(Row.OTHER, storage.at(step.gate()));
          }
        }
        case Op.Rotary op -> {
          int pairs = op.frequencies().rotaryDim() / 2;
          out(op.inOut());
          set(Row.IN_WIDTH, pairs);
          set(Row.WEIGHT, rotary.at(op.frequencies()));
          set(Row.HEADS, op.heads());
          set(Row.HEAD_DIM, op.headDim());
          boolean halves = op.pairing() == Op.Pairing.HALVES;
          set(Row.ROW_STRIDE, halves ? 1 : 2);
          set(Row.COL_STRIDE, halves ? pairs : 1);
        }
        case Op.StoreKeysValues(int layer, Slot keys, Slot values) -> {
          in(keys);
          set(Row.OTHER, storage.at(values));
          set(Row.EXTRA, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Attend(int layer, Slot queries, int heads, float _, Slot out) -> {
          if (shape.headDim() > AttentionKernels.MAX_HEAD_DIM) {
            throw new BackendException(
                "backend tornado: attention: expected at most %d features a head, found %d"
                    .formatted(AttentionKernels.MAX_HEAD_DIM, shape.headDim()));
          }
          in(queries);
          out(out);
          set(Row.IN_WIDTH, shape.kvHeads());
          set(Row.HEADS, heads);
          set(Row.HEAD_DIM, shape.headDim());
          set(Row.EXTRA, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Gelu(Slot inOut) -> out(inOut);
        case Op.SiluGate(Slot inOut, Slot up) -> {
          out(inOut);
          set(Row.OTHER, storage.at(up));
        }
        case Op.Select(Slot in, Slot out) -> {
          in(in);
          out(out);
        }
      }
    }

    private void in(Slot slot) {
      set(Row.IN, storage.at(slot));
      set(Row.IN_WIDTH, slot.width());
    }

    private void out(Slot slot) {
      set(Row.OUT, storage.at(slot));
      set(Row.OUT_WIDTH, slot.width());
    }

    private void weight(Weight weight) {
      TornadoMatrix matrix = TornadoMatrix.of(weight);
      set(Row.STORED, matrix.kind());
      set(Row.WEIGHT, matrix.at(residency));
      set(Row.ROW_STRIDE, matrix.rowStride());
      set(Row.COL_STRIDE, matrix.colStride());
    }
  }
}
