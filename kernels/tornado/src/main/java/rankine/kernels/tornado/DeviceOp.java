package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * An operation as one kernel runs it, with what follows a product taken into it.
 *
 * @param kernel for products {@link DeviceKernel#LINEAR_TILE}, whatever the number of rows
 * @param op what it computes; null for the thin product that a dense weight does not have
 * @param epilogue {@link OpEncoding#REPLACE}, …
 * @param gate the gate of {@link OpEncoding#GATE}, or null
 */
record DeviceOp(DeviceKernel kernel, Op op, Slot.RowDomain rows, int epilogue, Slot gate) {

  /**
   * A program as steps. Every product is two steps, the first of them idle where the weight is not
   * in factors: so a layer has the same structure whatever edits it has, and a graph that was
   * compiled for one runs them all.
   */
  static List<DeviceOp> of(List<Op> program) {
    List<DeviceOp> steps = new ArrayList<>();
    for (int i = 0; i < program.size(); i++) {
      Op op = program.get(i);
      if (op instanceof Op.Linear linear) {
        boolean thin = i + 1 < program.size() && isThin(linear, program.get(i + 1));
        if (thin) {
          steps.add(plain(DeviceKernel.LINEAR_TILE, linear, linear.in()));
          i++;
        } else {
          steps.add(
              new DeviceOp(
                  DeviceKernel.LINEAR_TILE, null, linear.in().rows(), OpEncoding.REPLACE, null));
        }
        DeviceOp product =
            product((Op.Linear) program.get(i), program.subList(i + 1, program.size()));
        steps.add(product);
        i += product.epilogue == OpEncoding.GELU || product.epilogue == OpEncoding.GATE ? 1 : 0;
      } else {
        steps.add(plain(op));
      }
    }
    return steps;
  }

  /** Whether a product is the first of two factors. */
  private static boolean isThin(Op.Linear linear, Op next) {
    return next instanceof Op.Linear left
        && left.in().equals(linear.out())
        && linear.bias().isEmpty()
        && !linear.accumulate();
  }

  private static DeviceOp product(Op.Linear linear, List<Op> rest) {
    int epilogue = linear.accumulate() ? OpEncoding.ACCUMULATE : OpEncoding.REPLACE;
    Slot gate = null;
    if (epilogue == OpEncoding.REPLACE && !rest.isEmpty()) {
      switch (rest.getFirst()) {
        case Op.Gelu(Slot inOut) when inOut.equals(linear.out()) -> epilogue = OpEncoding.GELU;
        // The factor itself is not written then: nobody may read it any more.
        case Op.SwiGlu(Slot inOut, Slot up)
            when up.equals(linear.out())
                && !inOut.equals(up)
                && isDead(up, rest.subList(1, rest.size())) -> {
          epilogue = OpEncoding.GATE;
          gate = inOut;
        }
        default -> {}
      }
    }
    return new DeviceOp(DeviceKernel.LINEAR_TILE, linear, linear.in().rows(), epilogue, gate);
  }

  /** Whether a slot is written, or never named, before it is read. */
  private static boolean isDead(Slot slot, List<Op> rest) {
    for (Op op : rest) {
      if (op instanceof Op.Linear linear && linear.out().equals(slot) && !linear.accumulate()) {
        return !linear.in().equals(slot);
      }
      if (names(op).contains(slot)) {
        return false;
      }
    }
    return true;
  }

  private static Set<Slot> names(Op op) {
    return switch (op) {
      case Op.Embed o -> Set.of(o.out());
      case Op.AddPosition o -> Set.of(o.inOut());
      case Op.LayerNorm o -> both(o.in(), o.out());
      case Op.RmsNorm o -> both(o.in(), o.out());
      case Op.Linear o -> both(o.in(), o.out());
      case Op.Rotary o -> Set.of(o.inOut());
      case Op.AppendKv o -> both(o.keys(), o.values());
      case Op.Attention o -> both(o.queries(), o.out());
      case Op.Gelu o -> Set.of(o.inOut());
      case Op.SwiGlu o -> both(o.inOut(), o.up());
      case Op.GatherRows o -> both(o.in(), o.out());
    };
  }

  private static Set<Slot> both(Slot a, Slot b) {
    return a.equals(b) ? Set.of(a) : Set.of(a, b);
  }

  private static DeviceOp plain(Op op) {
    return switch (op) {
      case Op.Embed o -> plain(DeviceKernel.EMBED, o, o.out());
      case Op.AddPosition o -> plain(DeviceKernel.ADD_POSITION, o, o.inOut());
      case Op.LayerNorm o -> plain(DeviceKernel.LAYER_NORM, o, o.in());
      case Op.RmsNorm o -> plain(DeviceKernel.RMS_NORM, o, o.in());
      case Op.Linear o -> plain(DeviceKernel.LINEAR_TILE, o, o.in());
      case Op.Rotary o -> plain(DeviceKernel.ROTARY, o, o.inOut());
      case Op.AppendKv o -> plain(DeviceKernel.STORE, o, o.keys());
      case Op.Attention o -> plain(DeviceKernel.ATTEND, o, o.queries());
      case Op.Gelu o -> plain(DeviceKernel.GELU, o, o.inOut());
      case Op.SwiGlu o -> plain(DeviceKernel.SILU_GATE, o, o.inOut());
      case Op.GatherRows o -> plain(DeviceKernel.SELECT, o, o.out());
    };
  }

  private static DeviceOp plain(DeviceKernel kernel, Op op, Slot rows) {
    return new DeviceOp(kernel, op, rows.rows(), OpEncoding.REPLACE, null);
  }

  /** Rows up to which a product takes {@link DeviceKernel#LINEAR_ROW}. */
  private static final int FEW = 4;

  /** The kernel for so many rows. */
  DeviceKernel kernel(int count) {
    return kernel == DeviceKernel.LINEAR_TILE && count <= FEW ? DeviceKernel.LINEAR_ROW : kernel;
  }

  /** Groups of {@link #kernel(int)} for so many rows; none if there is nothing to do. */
  long groups(int count) {
    return switch (op) {
      case null -> 0;
      case Op.Linear linear -> {
        int outputs = linear.out().width();
        yield count <= FEW
            ? (long) count * Math.ceilDiv(outputs, LinearKernels.OUTPUTS)
            : (long) Math.ceilDiv(count, LinearKernels.TILE)
                * Math.ceilDiv(outputs, LinearKernels.TILE);
      }
      case Op.Attention attend -> (long) count * attend.heads();
      default -> count;
    };
  }

  /**
   * A program in parts that become graphs: cut behind each {@link Op.AppendKv}, so all parts but
   * the first and the last are one layer and alike.
   *
   * @return the lengths of the parts
   */
  static List<Integer> parts(List<DeviceOp> steps) {
    List<Integer> lengths = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).kernel == DeviceKernel.STORE || i + 1 == steps.size()) {
        lengths.add(i + 1 - from);
        from = i + 1;
      }
    }
    return lengths;
  }

  /** The kernels of some steps for so many rows of each domain. */
  static List<DeviceKernel> kernels(List<DeviceOp> steps, int tokens, int logitRows) {
    return steps.stream()
        .map(s -> s.kernel(s.rows == Slot.RowDomain.TOKENS ? tokens : logitRows))
        .toList();
  }

  /** The graphs that a program may need: of each part, for few rows and many. */
  static Set<List<DeviceKernel>> sequences(List<Op> program) {
    Set<List<DeviceKernel>> sequences = new java.util.LinkedHashSet<>();
    List<DeviceOp> steps = of(program);
    int from = 0;
    for (int length : parts(steps)) {
      List<DeviceOp> part = steps.subList(from, from + length);
      for (int tokens : new int[] {1, FEW + 1}) {
        for (int logitRows : new int[] {1, FEW + 1}) {
          sequences.add(kernels(part, tokens, logitRows));
        }
      }
      from += length;
    }
    return sequences;
  }
}
