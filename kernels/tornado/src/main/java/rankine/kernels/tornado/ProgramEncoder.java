package rankine.kernels.tornado;

import java.util.List;
import rankine.common.BackendException;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** Encodes device operations as rows of ints: see {@link OpEncoding}. */
final class ProgramEncoder {
  private final TornadoActivations storage;
  private final Residency residency;
  private final RotaryTables rotary;
  private final KvShape shape;

  /** Creates an encoder for programs on these activations, and KV caches of this shape. */
  ProgramEncoder(
      TornadoActivations storage, Residency residency, RotaryTables rotary, KvShape shape) {
    this.storage = storage;
    this.residency = residency;
    this.rotary = rotary;
    this.shape = shape;
  }

  /**
   * Encodes all operations, row after row.
   *
   * @param scalars receives the float parameter of each operation
   * @param at offset of {@code scalars} in the floats
   */
  int[] encode(List<DeviceOp> deviceOps, float[] scalars, int at) {
    int[] ints = new int[deviceOps.size() * OpEncoding.INTS];
    for (int i = 0; i < deviceOps.size(); i++) {
      ints[i * OpEncoding.INTS + OpEncoding.SCALAR] = at + i;
      scalars[i] = scalar(deviceOps.get(i).op());
      new Writer(ints, i * OpEncoding.INTS).encode(deviceOps.get(i));
    }
    return ints;
  }

  private static float scalar(Op op) {
    return switch (op) {
      case Op.LayerNorm norm -> norm.epsilon();
      case Op.RmsNorm norm -> norm.epsilon();
      case Op.Attention attention -> attention.scale();
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

    void encode(DeviceOp deviceOp) {
      set(OpEncoding.BIAS, -1);
      set(OpEncoding.DOMAIN, deviceOp.rows() == Slot.RowDomain.TOKENS ? 0 : 1);
      set(OpEncoding.EPILOGUE, deviceOp.epilogue());
      if (deviceOp.op() == null) {
        return; // zero outputs: idle
      }
      switch (deviceOp.op()) {
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
          set(OpEncoding.BIAS, TornadoMatrix.of(shift).offset(residency));
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
          linear.bias().ifPresent(b -> set(OpEncoding.BIAS, TornadoMatrix.of(b).offset(residency)));
          out(linear.out());
          if (deviceOp.gate() != null) {
            set(OpEncoding.SECOND_OPERAND, storage.offset(deviceOp.gate()));
          }
        }
        case Op.Rotary op -> {
          int pairs = op.frequencies().rotaryDim() / 2;
          out(op.inOut());
          set(OpEncoding.IN_WIDTH, pairs);
          set(OpEncoding.WEIGHT, rotary.offset(op.frequencies()));
          set(OpEncoding.HEADS, op.heads());
          set(OpEncoding.HEAD_DIM, op.headDim());
          boolean halves = op.pairing() == Op.Pairing.HALVES;
          set(OpEncoding.ROW_STRIDE, halves ? 1 : 2);
          set(OpEncoding.COL_STRIDE, halves ? pairs : 1);
        }
        case Op.AppendKv(int layer, Slot keys, Slot values) -> {
          in(keys);
          set(OpEncoding.SECOND_OPERAND, storage.offset(values));
          set(OpEncoding.LAYER_OFFSET, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Attention(int layer, Slot queries, int heads, float _, Slot out) -> {
          if (shape.headDim() > AttentionKernels.MAX_HEAD_DIM) {
            throw new BackendException(
                "backend tornado: attention: expected at most %d features per head, found %d"
                    .formatted(AttentionKernels.MAX_HEAD_DIM, shape.headDim()));
          }
          in(queries);
          out(out);
          set(OpEncoding.IN_WIDTH, shape.kvHeads());
          set(OpEncoding.HEADS, heads);
          set(OpEncoding.HEAD_DIM, shape.headDim());
          set(OpEncoding.LAYER_OFFSET, layer * TornadoKvCache.layerStride(shape));
        }
        case Op.Gelu(Slot inOut) -> out(inOut);
        case Op.SwiGlu(Slot inOut, Slot up) -> {
          out(inOut);
          set(OpEncoding.SECOND_OPERAND, storage.offset(up));
        }
        case Op.GatherRows(Slot in, Slot out) -> {
          in(in);
          out(out);
        }
      }
    }

    private void in(Slot slot) {
      set(OpEncoding.IN, storage.offset(slot));
      set(OpEncoding.IN_WIDTH, slot.width());
    }

    private void out(Slot slot) {
      set(OpEncoding.OUT, storage.offset(slot));
      set(OpEncoding.OUT_WIDTH, slot.width());
    }

    private void weight(Weight weight) {
      TornadoMatrix matrix = TornadoMatrix.of(weight);
      set(OpEncoding.DTYPE, matrix.dtypeCode());
      set(OpEncoding.WEIGHT, matrix.offset(residency));
      set(OpEncoding.ROW_STRIDE, matrix.rowStride());
      set(OpEncoding.COL_STRIDE, matrix.colStride());
    }
  }
}
