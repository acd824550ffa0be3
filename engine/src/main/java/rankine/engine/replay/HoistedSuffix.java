package rankine.engine.replay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A variant's way from one place on, in two parts: what comes behind the edit and does not depend
 * on it, which is the same for all variants of that place and can be done ahead, and the rest.
 * Where attention and MLP stand side by side (GPT-J), an edit of the one leaves most of the other
 * as it is. Each operation still reads what it would read in the program's order, so no bit
 * changes.
 *
 * @param ops to be done ahead, in order; none where they hold no product
 * @param rest the program without them, from its beginning on
 */
record HoistedSuffix(List<Op> ops, List<Op> rest) {

  /**
   * Splits {@code variant} behind {@code from}, where it begins to differ from {@code base}.
   *
   * <p>Done ahead is an operation of both programs that reads nothing the rest has written, and
   * writes nothing that the rest before it reads or writes. Keys and values stay where they are: a
   * cache has no name to ask who wrote it.
   */
  static HoistedSuffix of(List<Op> base, List<Op> variant, int from) {
    Set<Op> shared = new HashSet<>(base.subList(from, base.size()));
    Set<Slot> written = new HashSet<>();
    Set<Slot> touched = new HashSet<>();
    List<Op> ahead = new ArrayList<>();
    List<Op> rest = new ArrayList<>(variant.subList(0, from));
    for (Op op : variant.subList(from, variant.size())) {
      List<Slot> reads = Liveness.reads(op);
      List<Slot> writes = Liveness.writes(op);
      if (shared.contains(op)
          && onTokens(op)
          && reads.stream().noneMatch(written::contains)
          && writes.stream().noneMatch(touched::contains)) {
        ahead.add(op);
      } else {
        rest.add(op);
        written.addAll(writes);
        touched.addAll(reads);
        touched.addAll(writes);
      }
    }
    return ahead.stream().anyMatch(Op.Linear.class::isInstance)
        ? new HoistedSuffix(List.copyOf(ahead), List.copyOf(rest))
        : new HoistedSuffix(List.of(), variant);
  }

  /** Whether every token goes through it, and by itself. */
  private static boolean onTokens(Op op) {
    return !(op instanceof Op.Attention)
        && !(op instanceof Op.AppendKv)
        && Liveness.reads(op).stream().allMatch(slot -> slot.rows() == Slot.RowDomain.TOKENS)
        && Liveness.writes(op).stream().allMatch(slot -> slot.rows() == Slot.RowDomain.TOKENS);
  }
}
