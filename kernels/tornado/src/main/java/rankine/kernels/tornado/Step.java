package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * An operation as one kernel runs it, with what follows a product taken into it.
 *
 * @param kernel for products {@link Kernel#LINEAR_TILE}, whatever the number of rows
 * @param op what it computes; null for the thin product that a dense weight does not have
 * @param epilogue {@link Row#REPLACE}, …
 * @param gate the gate of {@link Row#GATE}, or null
 */
record Step(Kernel kernel, Op op, Slot.Rows rows, int epilogue, Slot gate) {

  /**
   * A program as steps. Every product is two steps, the first of them idle where the weight is not
   * in factors: so a layer has the same structure whatever edits it has, and a graph that was
   * compiled for one runs them all.
   */
  static List<Step> of(List<Op> program) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < program.size(); i++) {
      Op op = program.get(i);
      if (op instanceof Op.Linear linear) {
        boolean thin = i + 1 < program.size() && isThin(linear, program.get(i + 1));
        if (thin) {
          steps.add(plain(Kernel.LINEAR_TILE, linear, linear.in()));
          i++;
        } else {
          steps.add(new Step(Kernel.LINEAR_TILE, null, linear.in().rows(), Row.REPLACE, null));
        }
        Step product = product((Op.Linear) program.get(i), program.subList(i + 1, program.size()));
        steps.add(product);
        i += product.epilogue == Row.GELU || product.epilogue == Row.GATE ? 1 : 0;
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

  private static Step product(Op.Linear linear, List<Op> rest) {
    int epilogue = linear.accumulate() ? Row.ACCUMULATE : Row.REPLACE;
    Slot gate = null;
    if (epilogue == Row.REPLACE && !rest.isEmpty()) {
      switch (rest.getFirst()) {
        case Op.Gelu(Slot inOut) when inOut.equals(linear.out()) -> epilogue = Row.GELU;
        // The factor itself is not written then: nobody may read it any more.
        case Op.SiluGate(Slot inOut, Slot up)
            when up.equals(linear.out())
                && !inOut.equals(up)
                && isDead(up, rest.subList(1, rest.size())) -> {
          epilogue = Row.GATE;
          gate = inOut;
        }
        default -> {}
      }
    }
    return new Step(Kernel.LINEAR_TILE, linear, linear.in().rows(), epilogue, gate);
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
      case Op.StoreKeysValues o -> both(o.keys(), o.values());
      case Op.Attend o -> both(o.queries(), o.out());
      case Op.Gelu o -> Set.of(o.inOut());
      case Op.SiluGate o -> both(o.inOut(), o.up());
      case Op.Select o -> both(o.in(), o.out());
    };
  }

  private static Set<Slot> both(Slot a, Slot b) {
    return a.equals(b) ? Set.of(a) : Set.of(a, b);
  }

  private static Step plain(Op op) {
    return switch (op) {
      case Op.Embed o -> plain(Kernel.EMBED, o, o.out());
      case Op.AddPosition o -> plain(Kernel.ADD_POSITION, o, o.inOut());
      case Op.LayerNorm o -> plain(Kernel.LAYER_NORM, o, o.in());
      case Op.RmsNorm o -> plain(Kernel.RMS_NORM, o, o.in());
      case Op.Linear o -> plain(Kernel.LINEAR_TILE, o, o.in());
      case Op.Rotary o -> plain(Kernel.ROTARY, o, o.inOut());
      case Op.StoreKeysValues o -> plain(Kernel.STORE, o, o.keys());
      case Op.Attend o -> plain(Kernel.ATTEND, o, o.queries());
      case Op.Gelu o -> plain(Kernel.GELU, o, o.inOut());
      case Op.SiluGate o -> plain(Kernel.SILU_GATE, o, o.inOut());
      case Op.Select o -> plain(Kernel.SELECT, o, o.out());
    };
  }

  private static Step plain(Kernel kernel, Op op, Slot rows) {
    return new Step(kernel, op, rows.rows(), Row.REPLACE, null);
  }

  /** Rows up to which a product takes {@link Kernel#LINEAR_ROW}. */
  private static final int FEW = 4;

  /** The kernel for so many rows. */
  Kernel kernel(int count) {
    return kernel == Kernel.LINEAR_TILE && count <= FEW ? Kernel.LINEAR_ROW : kernel;
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
      case Op.Attend attend -> (long) count * attend.heads();
      default -> count;
    };
  }

  /**
   * A program in parts that become graphs: cut behind each {@link Op.StoreKeysValues}, so all parts
   * but the first and the last are one layer and alike.
   *
   * @return the lengths of the parts
   */
  static List<Integer> parts(List<Step> steps) {
    List<Integer> lengths = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).kernel == Kernel.STORE || i + 1 == steps.size()) {
        lengths.add(i + 1 - from);
        from = i + 1;
      }
    }
    return lengths;
  }

  /** The kernels of some steps for so many rows of each domain. */
  static List<Kernel> kernels(List<Step> steps, int tokens, int wanted) {
    return steps.stream().map(s -> s.kernel(s.rows == Slot.Rows.TOKENS ? tokens : wanted)).toList();
  }

  /** The graphs that a program may need: of each part, for few rows and many. */
  static Set<List<Kernel>> sequences(List<Op> program) {
    Set<List<Kernel>> sequences = new java.util.LinkedHashSet<>();
    List<Step> steps = of(program);
    int from = 0;
    for (int length : parts(steps)) {
      List<Step> part = steps.subList(from, from + length);
      for (int tokens : new int[] {1, FEW + 1}) {
        for (int wanted : new int[] {1, FEW + 1}) {
          sequences.add(kernels(part, tokens, wanted));
        }
      }
      from += length;
    }
    return sequences;
  }
}
