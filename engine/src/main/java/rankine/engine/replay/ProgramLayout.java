package rankine.engine.replay;

import java.util.List;
import rankine.engine.model.Model;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A model's whole program, token ids to logits, and the places in it that matter here.
 *
 * @param ops the program
 * @param stored behind the last {@link Op.AppendKv}: nothing from here on is needed of a token
 *     whose logits are not wanted
 * @param tail from here on only wanted rows are read, and no keys or values
 */
record ProgramLayout(List<Op> ops, int stored, int tail) {

  static ProgramLayout of(Model model) {
    return of(model.scoringProgram());
  }

  static ProgramLayout of(List<Op> ops) {
    int stored = ops.size();
    while (!(ops.get(stored - 1) instanceof Op.AppendKv)) {
      stored--;
    }
    int tail = ops.size();
    while (onLogitRows(ops.get(tail - 1))) {
      tail--;
    }
    return new ProgramLayout(ops, stored, tail);
  }

  private static boolean onLogitRows(Op op) {
    return !(op instanceof Op.Attention)
        && !(op instanceof Op.AppendKv)
        && !Liveness.reads(op).isEmpty()
        && Liveness.reads(op).stream().allMatch(slot -> slot.rows() == Slot.RowDomain.LOGIT_ROWS);
  }

  int end() {
    return ops.size();
  }

  /** Where this and a variant begin to differ: what lies before is computed once for both. */
  int divergence(ProgramLayout variant) {
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
        case Op.Attention _ -> {
          return at;
        }
        case Op.AppendKv _ -> {
          return i;
        }
        default -> {}
      }
    }
    return at;
  }
}
