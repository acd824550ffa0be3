package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * An operation as one kernel executes it: a linear layer is fused with the activation that follows.
 *
 * @param kernel {@link DeviceKernel#LINEAR_GEMM} for every linear layer, for any number of rows
 * @param op the operation; null for the first factor's product of a dense weight, which is idle
 * @param rows the row domain that it runs over
 * @param epilogue {@link OpEncoding#REPLACE}, …
 * @param function of the epilogue, or null
 * @param gate the gate slot of {@link OpEncoding#GATE}, or null
 */
record DeviceOp(
    DeviceKernel kernel,
    Op op,
    Slot.RowDomain rows,
    int epilogue,
    ActivationFunction function,
    Slot gate) {

  /**
   * Converts a program. Every linear layer becomes two operations, the first of which is idle where
   * the weight is dense and not factored: a layer thus has the same structure with and without
   * edits, and one compiled graph runs all of them.
   */
  static List<DeviceOp> of(List<Op> program) {
    List<DeviceOp> deviceOps = new ArrayList<>();
    for (int i = 0; i < program.size(); i++) {
      Op op = program.get(i);
      if (op instanceof Op.Linear linear) {
        boolean factored = i + 1 < program.size() && isFirstFactor(linear, program.get(i + 1));
        if (factored) {
          deviceOps.add(plain(linear));
          i++;
        } else {
          deviceOps.add(
              new DeviceOp(
                  DeviceKernel.LINEAR_GEMM,
                  null,
                  linear.in().rows(),
                  OpEncoding.REPLACE,
                  null,
                  null));
        }
        DeviceOp linearOp =
            withEpilogue((Op.Linear) program.get(i), program.subList(i + 1, program.size()));
        deviceOps.add(linearOp);
        i +=
            linearOp.epilogue == OpEncoding.ACTIVATE || linearOp.epilogue == OpEncoding.GATE
                ? 1
                : 0;
      } else {
        deviceOps.add(plain(op));
      }
    }
    return deviceOps;
  }

  /** Returns whether a linear operation is the first of two factors. */
  private static boolean isFirstFactor(Op.Linear linear, Op next) {
    return next instanceof Op.Linear left
        && left.in().equals(linear.out())
        && linear.bias().isEmpty()
        && !linear.accumulate();
  }

  private static DeviceOp withEpilogue(Op.Linear linear, List<Op> rest) {
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
        DeviceKernel.LINEAR_GEMM, linear, linear.in().rows(), epilogue, function, gate);
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

  /** An operation without an epilogue. */
  private static DeviceOp plain(Op op) {
    Slot slot = (op.writes().isEmpty() ? op.reads() : op.writes()).getFirst();
    return new DeviceOp(DeviceKernel.of(op), op, slot.rows(), OpEncoding.REPLACE, null, null);
  }

  /** Rows up to which a linear layer runs {@link DeviceKernel#LINEAR_GEMV}. */
  private static final int GEMV_MAX_ROWS = 4;

  /** The kernel for {@code count} rows. */
  DeviceKernel kernel(int count) {
    return kernel == DeviceKernel.LINEAR_GEMM && count <= GEMV_MAX_ROWS
        ? DeviceKernel.LINEAR_GEMV
        : kernel;
  }

  /** The number of work-groups of {@link #kernel(int)} for {@code count} rows; 0 if idle. */
  long groups(int count) {
    return switch (op) {
      case null -> 0;
      case Op.Linear linear -> {
        int outputs = linear.out().width();
        int colStride = TornadoMatrix.of(linear.weight()).colStride();
        yield count <= GEMV_MAX_ROWS
            ? (long) count * Math.ceilDiv(outputs, LinearKernels.gemvOutputs(colStride))
            : (long) Math.ceilDiv(count, LinearKernels.GEMM_TILE)
                * Math.ceilDiv(outputs, LinearKernels.GEMM_TILE);
      }
      case Op.Attention attention -> (long) count * attention.heads();
      case Op.RmsNorm norm -> (long) count * norm.heads();
      default -> count;
    };
  }

  /**
   * Cuts a program into segments that become graphs: after each {@link Op.AppendKv}, so that all
   * segments but the first and the last span one layer and have the same structure.
   *
   * @return the lengths of the segments
   */
  static List<Integer> segments(List<DeviceOp> deviceOps) {
    List<Integer> lengths = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < deviceOps.size(); i++) {
      if (deviceOps.get(i).kernel == DeviceKernel.APPEND_KV || i + 1 == deviceOps.size()) {
        lengths.add(i + 1 - from);
        from = i + 1;
      }
    }
    return lengths;
  }

  /** The kernels of operations for these numbers of rows. */
  static List<DeviceKernel> kernels(List<DeviceOp> deviceOps, int tokens, int logitRows) {
    return deviceOps.stream()
        .map(s -> s.kernel(s.rows == Slot.RowDomain.TOKENS ? tokens : logitRows))
        .toList();
  }

  /** The kernel sequences that a program may need: of each segment, for few rows and for many. */
  static Set<List<DeviceKernel>> sequences(List<Op> program) {
    Set<List<DeviceKernel>> sequences = new java.util.LinkedHashSet<>();
    List<DeviceOp> deviceOps = of(program);
    int from = 0;
    for (int length : segments(deviceOps)) {
      List<DeviceOp> segment = deviceOps.subList(from, from + length);
      for (int tokens : new int[] {1, GEMV_MAX_ROWS + 1}) {
        for (int logitRows : new int[] {1, GEMV_MAX_ROWS + 1}) {
          sequences.add(kernels(segment, tokens, logitRows));
        }
      }
      from += length;
    }
    return sequences;
  }
}
