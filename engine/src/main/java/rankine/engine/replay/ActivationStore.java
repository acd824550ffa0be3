package rankine.engine.replay;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Slot;

/**
 * The content of slots at one position of a program, for every row of a token tree: a float32
 * matrix [rows, width] per slot, without padding, outside the heap.
 */
final class ActivationStore {
  private final SpillArena arena;
  private final int tokenRows;
  private final int logitRows;
  private final ActivationStore fallback;
  private final Map<Slot, MemorySegment> rows = new HashMap<>();

  /** The tree's logit row that is the first one stored. */
  private int firstLogitRow;

  ActivationStore(SpillArena arena, TokenTree tree) {
    this(arena, tree, null);
  }

  /**
   * @param fallback holds the slots that are not stored here; or null
   */
  ActivationStore(SpillArena arena, TokenTree tree, ActivationStore fallback) {
    this(arena, tree.rows(), tree.logitRows(), fallback);
  }

  private ActivationStore(
      SpillArena arena, int tokenRows, int logitRows, ActivationStore fallback) {
    this.arena = arena;
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    this.fallback = fallback;
  }

  /** Returns a store for {@code rows} logit rows at a time, at first those from 0 on. */
  static ActivationStore window(SpillArena arena, int rows) {
    return new ActivationStore(arena, 0, rows, null);
  }

  /** Moves a {@link #window}: it stores logit rows from {@code row} on, in place of others. */
  void moveTo(int row) {
    firstLogitRow = row;
  }

  /** Allocates {@code slots} that have no memory here yet. */
  void allocate(Collection<Slot> slots) {
    for (Slot slot : slots) {
      rows.computeIfAbsent(slot, s -> arena.allocate(bytes(s, tokenRows, logitRows)));
    }
  }

  private static long bytes(Slot slot, int tokenRows, int logitRows) {
    int count =
        switch (slot.rows()) {
          case TOKENS -> tokenRows;
          case LOGIT_ROWS -> logitRows;
        };
    return (long) count * slot.width() * Float.BYTES;
  }

  /** Returns the bytes that {@code slots} take for {@code tree}. */
  static long bytes(Collection<Slot> slots, TokenTree tree) {
    return slots.stream().mapToLong(slot -> bytes(slot, tree.rows(), tree.logitRows())).sum();
  }

  /** Returns rows {@code from} to {@code from + count} of {@code slot}. */
  MemorySegment rows(Slot slot, int from, int count) {
    if (fallback != null && !rows.containsKey(slot)) {
      return fallback.rows(slot, from, count);
    }
    long rowBytes = (long) slot.width() * Float.BYTES;
    int first = slot.rows() == Slot.RowDomain.LOGIT_ROWS ? from - firstLogitRow : from;
    return rows.get(slot).asSlice(first * rowBytes, count * rowBytes);
  }
}
