package rankine.engine.replay;

import java.util.List;
import rankine.engine.model.Model;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A model's whole program, token ids to logits, with the two positions that matter for replay.
 *
 * @param ops the program
 * @param kvEnd index after the last {@link Op.AppendKv}: from here on, tokens without logits need
 *     no operation
 * @param tail index from which on operations read logit rows only, and no keys or values
 */
record ProgramLayout(List<Op> ops, int kvEnd, int tail) {

  static ProgramLayout of(Model model) {
    return of(model.scoringProgram());
  }

  static ProgramLayout of(List<Op> ops) {
    int kvEnd = ops.size();
    while (!(ops.get(kvEnd - 1) instanceof Op.AppendKv)) {
      kvEnd--;
    }
    int tail = ops.size();
    while (onLogitRows(ops.get(tail - 1))) {
      tail--;
    }
    return new ProgramLayout(ops, kvEnd, tail);
  }

  private static boolean onLogitRows(Op op) {
    return !(op instanceof Op.KvOp)
        && !op.reads().isEmpty()
        && op.reads().stream().allMatch(slot -> slot.rows() == Slot.RowDomain.LOGIT_ROWS);
  }

  int end() {
    return ops.size();
  }

  /**
   * Returns the index at which a variant's program begins to differ from this one, moved back to a
   * {@link #cut}; the operations before it run once for both.
   */
  int divergence(ProgramLayout variant) {
    int common = 0;
    int length = Math.min(ops.size(), variant.ops.size());
    while (common < length && ops.get(common).equals(variant.ops.get(common))) {
      common++;
    }
    return cut(common);
  }

  /**
   * Returns the last index up to {@code at} where the program can be split: not between a block's
   * append to the KV cache and the attention that reads it.
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
