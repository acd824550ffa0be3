package rankine.engine.replay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * The program of a variant from its first changed operation on, in two parts. The hoisted
 * operations come after the edit but do not depend on it: they are the same for all variants edited
 * at that position and run once for all of them. The rest runs per variant. Where attention and MLP
 * are parallel branches (GPT-J), an edit of one leaves most of the other unchanged. Each operation
 * still reads what it would read in program order, so the results are bit-identical.
 *
 * @param ops hoisted operations, in order; empty if no linear layer is among them
 * @param rest the program without them, from its first operation on
 */
record HoistedSuffix(List<Op> ops, List<Op> rest) {

  /**
   * Splits {@code variant} after {@code from}, where it begins to differ from {@code base}.
   *
   * <p>An operation is hoisted if both programs have it, it reads no slot that the rest writes
   * before it, and it writes no slot that the rest before it reads or writes. Operations on keys
   * and values are never hoisted: a cache is no slot, so its writers are not tracked.
   */
  static HoistedSuffix of(List<Op> base, List<Op> variant, int from) {
    Set<Op> shared = new HashSet<>(base.subList(from, base.size()));
    Set<Slot> written = new HashSet<>();
    Set<Slot> accessed = new HashSet<>();
    List<Op> hoisted = new ArrayList<>();
    List<Op> rest = new ArrayList<>(variant.subList(0, from));
    for (Op op : variant.subList(from, variant.size())) {
      List<Slot> reads = op.reads();
      List<Slot> writes = op.writes();
      if (shared.contains(op)
          && onTokens(op)
          && reads.stream().noneMatch(written::contains)
          && writes.stream().noneMatch(accessed::contains)) {
        hoisted.add(op);
      } else {
        rest.add(op);
        written.addAll(writes);
        accessed.addAll(reads);
        accessed.addAll(writes);
      }
    }
    return hoisted.stream().anyMatch(Op.Linear.class::isInstance)
        ? new HoistedSuffix(List.copyOf(hoisted), List.copyOf(rest))
        : new HoistedSuffix(List.of(), variant);
  }

  /**
   * Returns whether the operation runs for every token row, and each row independently of the
   * others.
   */
  private static boolean onTokens(Op op) {
    return !(op instanceof Op.KvOp)
        && op.reads().stream().allMatch(slot -> slot.rows() == Slot.RowDomain.TOKENS)
        && op.writes().stream().allMatch(slot -> slot.rows() == Slot.RowDomain.TOKENS);
  }
}
