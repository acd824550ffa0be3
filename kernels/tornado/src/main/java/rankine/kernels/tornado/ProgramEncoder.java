package rankine.kernels.tornado;

import java.util.List;
import rankine.common.BackendException;
import rankine.kernels.ActivationFunction;
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
   * @param scalars receives the float parameters, {@link OpEncoding#SCALARS} of each operation
   * @param at offset of {@code scalars} in the floats
   */
  int[] encode(List<DeviceOp> deviceOps, float[] scalars, int at) {
    int[] ints = new int[deviceOps.size() * OpEncoding.INTS];
    for (int i = 0; i < deviceOps.size(); i++) {
      int scalar = i * OpEncoding.SCALARS;
      ints[i * OpEncoding.INTS + OpEncoding.SCALAR] = at + scalar;
      new Writer(ints, i * OpEncoding.INTS, scalars, scalar).encode(deviceOps.get(i));
    }
    return ints;
  }

  private final class Writer {
    private final int[] ints;
    private final int row;
    private final float[] scalars;
    private final int scalar;

    Writer(int[] ints, int row, float[] scalars, int scalar) {
      this.ints = ints;
      this.row = row;
      this.scalars = scalars;
      this.scalar = scalar;
    }

    private void set(int field, int value) {
      ints[row + field] = value;
    }

    private void scalar(int i, float value) {
      scalars[scalar + i] = value;
    }

    void encode(DeviceOp deviceOp) {
      set(OpEncoding.BIAS, -1);
      set(OpEncoding.LAUNCHED, 1 + deviceOp.members().size());
      set(OpEncoding.CHAINED, deviceOp.chained());
      set(OpEncoding.DOMAIN, OpEncoding.domain(deviceOp.rows()));
      set(OpEncoding.EPILOGUE, deviceOp.epilogue());
      if (deviceOp.op() == null) {
        return; // zero outputs: idle
      }
      operands(deviceOp.op());
      parameters(deviceOp.op());
      if (deviceOp.function() != null) {
        function(deviceOp.function());
      }
      if (deviceOp.gate() != null) {
        set(OpEncoding.SECOND_OPERAND, storage.offset(deviceOp.gate()));
      }
    }

    /** Encodes the slots and the weights. */
    private void operands(Op op) {
      List<Slot> reads = op.reads();
      if (!reads.isEmpty()) {
        set(OpEncoding.IN, storage.offset(reads.getFirst()));
        set(OpEncoding.IN_WIDTH, reads.getFirst().width());
        set(OpEncoding.IN_STRIDE, reads.getFirst().width());
      }
      if (reads.size() > 1) {
        set(OpEncoding.SECOND_OPERAND, storage.offset(reads.get(1)));
      }
      if (!op.writes().isEmpty()) {
        set(OpEncoding.OUT, storage.offset(op.writes().getFirst()));
        set(OpEncoding.OUT_WIDTH, op.writes().getFirst().width());
      }
      List<Weight> weights = op.weights();
      if (!weights.isEmpty()) {
        TornadoMatrix matrix = TornadoMatrix.of(weights.getFirst());
        set(OpEncoding.DTYPE, matrix.dtypeCode());
        DeviceRange range = matrix.range(residency);
        set(OpEncoding.ARRAY, range.array());
        set(OpEncoding.WEIGHT, range.offset());
        set(OpEncoding.ROW_STRIDE, matrix.rowStride());
        set(OpEncoding.COL_STRIDE, matrix.colStride());
      }
      if (weights.size() > 1) {
        set(OpEncoding.BIAS, TornadoMatrix.of(weights.get(1)).range(residency).offset());
      }
    }

    /** Encodes what an operation has beside its operands. */
    private void parameters(Op op) {
      switch (op) {
        case Op.LayerNorm norm -> scalar(0, norm.epsilon());
        case Op.RmsNorm norm -> {
          scalar(0, norm.epsilon());
          set(OpEncoding.HEADS, norm.heads());
        }
        case Op.Rotary rotation -> {
          int pairs = rotation.frequencies().rotaryDim() / 2;
          set(OpEncoding.IN_WIDTH, pairs);
          set(OpEncoding.WEIGHT, rotary.offset(rotation.frequencies()));
          set(OpEncoding.HEADS, rotation.heads());
          set(OpEncoding.HEAD_DIM, rotation.headDim());
          boolean halves = rotation.pairing() == Op.Pairing.HALVES;
          set(OpEncoding.ROW_STRIDE, halves ? 1 : 2);
          set(OpEncoding.COL_STRIDE, halves ? pairs : 1);
        }
        case Op.AppendKv append -> layer(append);
        case Op.Attention attention -> {
          if (shape.headDim() > AttentionKernels.MAX_HEAD_DIM) {
            throw new BackendException(
                "backend tornado: attention: expected at most %d features per head, found %d"
                    .formatted(AttentionKernels.MAX_HEAD_DIM, shape.headDim()));
          }
          layer(attention);
          scalar(0, attention.scores().scale());
          scalar(1, attention.scores().softCap());
          set(OpEncoding.SECOND_OPERAND, storage.scratch());
          set(OpEncoding.WINDOW, attention.scores().window());
          set(OpEncoding.IN_WIDTH, shape.kvHeads());
          set(OpEncoding.HEADS, attention.heads());
          set(OpEncoding.HEAD_DIM, shape.headDim());
        }
        case Op.Activation activation -> function(activation.function());
        case Op.GatedActivation activation -> function(activation.function());
        case Op.Scale scale -> scalar(0, scale.factor());
        case Op.SoftCap softCap -> scalar(0, softCap.cap());
        case Op.Embed _, Op.AddPosition _, Op.Linear _, Op.Add _, Op.GatherRows _ -> {}
      }
    }

    private void function(ActivationFunction function) {
      set(
          OpEncoding.FUNCTION,
          switch (function) {
            case SILU -> OpEncoding.SILU;
            case GELU_TANH -> OpEncoding.GELU_TANH;
            case GELU_ERF -> OpEncoding.GELU_ERF;
            case RELU -> OpEncoding.RELU;
          });
    }

    private void layer(Op.KvOp op) {
      set(OpEncoding.LAYER_OFFSET, op.layer() * TornadoKvCache.layerStride(shape));
    }
  }
}
