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
  private final TokenTree tree;
  private final ActivationStore fallback;
  private final Map<Slot, MemorySegment> rows = new HashMap<>();

  ActivationStore(SpillArena arena, TokenTree tree) {
    this(arena, tree, null);
  }

  /**
   * @param fallback holds the slots that are not stored here; or null
   */
  ActivationStore(SpillArena arena, TokenTree tree, ActivationStore fallback) {
    this.arena = arena;
    this.fallback = fallback;
    this.tree = tree;
  }

  /** Allocates {@code slots} that have no memory here yet. */
  void allocate(Collection<Slot> slots) {
    for (Slot slot : slots) {
      rows.computeIfAbsent(slot, s -> arena.allocate(bytes(s, tree)));
    }
  }

  private static long bytes(Slot slot, TokenTree tree) {
    int count =
        switch (slot.rows()) {
          case TOKENS -> tree.rows();
          case LOGIT_ROWS -> tree.logitRows();
        };
    return (long) count * slot.width() * Float.BYTES;
  }

  /** Returns the bytes that {@code slots} take for {@code tree}. */
  static long bytes(Collection<Slot> slots, TokenTree tree) {
    return slots.stream().mapToLong(slot -> bytes(slot, tree)).sum();
  }

  /** Returns rows {@code from} to {@code from + count} of {@code slot}. */
  MemorySegment rows(Slot slot, int from, int count) {
    if (fallback != null && !rows.containsKey(slot)) {
      return fallback.rows(slot, from, count);
    }
    long rowBytes = (long) slot.width() * Float.BYTES;
    return rows.get(slot).asSlice(from * rowBytes, count * rowBytes);
  }
}
