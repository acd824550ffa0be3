package rankine.kernels.tornado;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * An operation as a kernel executes it: a linear layer is fused with the activation that follows,
 * and several operations may share one launch.
 *
 * @param kernel {@link DeviceKernel#LINEAR_GEMM} for every linear layer and {@link
 *     DeviceKernel#TILED_ATTENTION} for every attention, for any number of rows; {@link
 *     DeviceKernel#MEMBER} for all operations of a launch but the first; {@link #kernel} says what
 *     a batch runs
 * @param op the operation; null for the first factor's product of a dense weight, which is idle
 * @param rows the row domain that it runs over
 * @param epilogue {@link OpEncoding#REPLACE}, …
 * @param function of the epilogue, or null
 * @param gate the gate slot of {@link OpEncoding#GATE}, or null
 * @param firstFactor whether it is the first factor's product, or idle in its place
 * @param members of the first operation of a launch: the others, which have groups of their own
 * @param chained of a linear layer: the layers, from this one on, that the same groups run one
 *     after the other, because they add to the same output; 1 of any other operation
 */
record DeviceOp(
    DeviceKernel kernel,
    Op op,
    Slot.RowDomain rows,
    int epilogue,
    ActivationFunction function,
    Slot gate,
    boolean firstFactor,
    List<DeviceOp> members,
    int chained) {

  /**
   * Rows up to which a linear layer runs {@link DeviceKernel#LINEAR_GEMV}, and attention {@link
   * DeviceKernel#ATTENTION}.
   */
  static final int GEMV_MAX_ROWS = 16;

  DeviceOp {
    members = List.copyOf(members);
  }

  /** An operation without an epilogue. */
  static DeviceOp plain(Op op) {
    Slot slot = (op.writes().isEmpty() ? op.reads() : op.writes()).getFirst();
    return of(DeviceKernel.of(op), op, slot.rows(), false);
  }

  /** The first factor's product. */
  static DeviceOp firstFactor(Op.Linear op) {
    return of(DeviceKernel.LINEAR_GEMM, op, op.in().rows(), true);
  }

  /** What a dense weight has in place of the first factor's product. */
  static DeviceOp idle(Slot.RowDomain rows) {
    return of(DeviceKernel.LINEAR_GEMM, null, rows, true);
  }

  private static DeviceOp of(DeviceKernel kernel, Op op, Slot.RowDomain rows, boolean firstFactor) {
    return new DeviceOp(
        kernel, op, rows, OpEncoding.REPLACE, null, null, firstFactor, List.of(), 1);
  }

  /**
   * A linear layer with the activation that follows, if one does.
   *
   * @param rest the operations after the layer
   */
  static DeviceOp linear(Op.Linear linear, List<Op> rest) {
    int epilogue = linear.accumulate() ? OpEncoding.ACCUMULATE : OpEncoding.REPLACE;
    ActivationFunction function = null;
    Slot gate = null;
    if (epilogue == OpEncoding.REPLACE && !rest.isEmpty()) {
      switch (rest.getFirst()) {
        case Op.Activation(Slot out, ActivationFunction f) when out.equals(linear.out()) -> {
          epilogue = OpEncoding.ACTIVATE;
          function = f;
        }
        // The up projection itself is then not written, so no later operation may read it.
        case Op.GatedActivation(Slot out, ActivationFunction f, Slot up)
            when up.equals(linear.out())
                && !out.equals(up)
                && isDead(up, rest.subList(1, rest.size())) -> {
          epilogue = OpEncoding.GATE;
          function = f;
          gate = out;
        }
        default -> {}
      }
    }
    return new DeviceOp(
        DeviceKernel.LINEAR_GEMM,
        linear,
        linear.in().rows(),
        epilogue,
        function,
        gate,
        false,
        List.of(),
        1);
  }

  /** Returns whether a slot is overwritten, or never used, before it is read. */
  private static boolean isDead(Slot slot, List<Op> rest) {
    for (Op op : rest) {
      if (op.reads().contains(slot)) {
        return false;
      }
      if (op.writes().contains(slot)) {
        return true;
      }
    }
    return true;
  }

  /** The launch that combines the splits of attention. */
  DeviceOp combine() {
    return launching(DeviceKernel.ATTENTION_COMBINE, List.of());
  }

  /** The same operation as the first of a launch with {@code kernel}. */
  DeviceOp launching(DeviceKernel launched, List<DeviceOp> others) {
    return new DeviceOp(launched, op, rows, epilogue, function, gate, firstFactor, others, 1);
  }

  /** The same linear layer, whose groups also run those that follow it. */
  DeviceOp chaining(int layers) {
    return new DeviceOp(kernel, op, rows, epilogue, function, gate, firstFactor, members, layers);
  }

  /** The same operation within the launch of another. */
  DeviceOp asMember() {
    return launching(DeviceKernel.MEMBER, List.of());
  }

  /** Whether the epilogue includes the operation that follows in the program. */
  boolean fused() {
    return function != null;
  }

  /** The slots that the operation writes. */
  Set<Slot> writes() {
    Set<Slot> slots = new HashSet<>();
    if (op != null) {
      slots.addAll(op.writes());
    }
    if (gate != null) {
      slots.add(gate);
    }
    return slots;
  }

  /** The slots that the operation reads or writes. */
  Set<Slot> slots() {
    Set<Slot> slots = writes();
    if (op != null) {
      slots.addAll(op.reads());
    }
    return slots;
  }

  /** The kernel for a batch. */
  DeviceKernel kernel(BatchExtent batch) {
    return switch (kernel) {
      case LINEAR_GEMM ->
          batch.rows(rows) <= GEMV_MAX_ROWS ? DeviceKernel.LINEAR_GEMV : DeviceKernel.LINEAR_GEMM;
      case TILED_ATTENTION ->
          batch.rows(rows) <= GEMV_MAX_ROWS ? DeviceKernel.ATTENTION : DeviceKernel.TILED_ATTENTION;
      // Whatever the window of this layer, so that all layers have the same kernels.
      case ATTENTION_COMBINE ->
          batch.splits(rows, AttentionScores.UNLIMITED) > 1
              ? DeviceKernel.ATTENTION_COMBINE
              : DeviceKernel.MEMBER;
      default -> kernel;
    };
  }

  /** The number of work-groups of the launch for a batch; 0 if idle, or a member. */
  long groups(BatchExtent batch) {
    int count = batch.rows(rows);
    return switch (kernel(batch)) {
      case MEMBER -> 0;
      case LINEAR_GEMV, LINEAR_GEMM -> {
        long groups = linearGroups(count);
        for (DeviceOp member : members) {
          groups += member.linearGroups(count);
        }
        yield groups;
      }
      case ATTENTION ->
          (long) count * attention().heads() * batch.splits(rows, attention().scores().window());
      case ATTENTION_COMBINE -> (long) count * attention().heads();
      case TILED_ATTENTION -> (long) batch.tiles(rows) * attention().heads();
      default ->
          switch (op) {
            case Op.RmsNorm norm -> (long) count * norm.heads();
            default -> count;
          };
    };
  }

  private Op.Attention attention() {
    return (Op.Attention) op;
  }

  private long linearGroups(int count) {
    if (!(op instanceof Op.Linear linear)) {
      return 0;
    }
    int outputs = linear.out().width();
    int colStride = TornadoMatrix.of(linear.weight()).colStride();
    return count <= GEMV_MAX_ROWS
        ? (long) Math.ceilDiv(count, GemvKernel.ROWS)
            * Math.ceilDiv(outputs, GemvKernel.outputsPerGroup(colStride))
        : (long) Math.ceilDiv(count, GemmKernel.TILE) * Math.ceilDiv(outputs, GemmKernel.TILE);
  }
}
