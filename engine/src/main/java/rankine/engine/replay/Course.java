package rankine.engine.replay;

import java.util.List;
import rankine.engine.model.Model;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A model's whole program, token ids to logits, and the places in it that matter here.
 *
 * @param ops the program
 * @param stored behind the last {@link Op.StoreKeysValues}: nothing from here on is needed of a
 *     token whose logits are not wanted
 * @param tail from here on only wanted rows are read, and no keys or values
 */
record Course(List<Op> ops, int stored, int tail) {

  static Course of(Model model) {
    return of(model.scoring());
  }

  static Course of(List<Op> ops) {
    int stored = ops.size();
    while (!(ops.get(stored - 1) instanceof Op.StoreKeysValues)) {
      stored--;
    }
    int tail = ops.size();
    while (onWantedRows(ops.get(tail - 1))) {
      tail--;
    }
    return new Course(ops, stored, tail);
  }

  private static boolean onWantedRows(Op op) {
    return !(op instanceof Op.Attend)
        && !(op instanceof Op.StoreKeysValues)
        && !Flow.reads(op).isEmpty()
        && Flow.reads(op).stream().allMatch(slot -> slot.rows() == Slot.Rows.WANTED);
  }

  int end() {
    return ops.size();
  }

  /** Where this and a variant begin to differ: what lies before is computed once for both. */
  int divergence(Course variant) {
    int common = 0;
    int most = Math.min(ops.size(), variant.ops.size());
    while (common < most && ops.get(common).equals(variant.ops.get(common))) {
      common++;
    }
    return cut(common);
  }

  /**
   * The last place up to {@code at} where the work can be cut in two: not between the keys and
   * values of a block and the attention that reads them.
   */
  int cut(int at) {
    for (int i = at - 1; i >= 0; i--) {
      switch (ops.get(i)) {
        case Op.Attend _ -> {
          return at;
        }
        case Op.StoreKeysValues _ -> {
          return i;
        }
        default -> {}
      }
    }
    return at;
  }
}
