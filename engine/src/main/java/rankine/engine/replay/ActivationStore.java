package rankine.engine.replay;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Slot;

/**
 * The content of slots at one place of a program, for every row of a workload: [rows, width]
 * float32 each, rows without padding, outside the heap.
 */
final class ActivationStore {
  private final SpillArena memory;
  private final TokenTree work;
  private final ActivationStore others;
  private final Map<Slot, MemorySegment> rows = new HashMap<>();

  ActivationStore(SpillArena memory, TokenTree work) {
    this(memory, work, null);
  }

  /**
   * @param others where slots are that are not kept here; or null
   */
  ActivationStore(SpillArena memory, TokenTree work, ActivationStore others) {
    this.memory = memory;
    this.others = others;
    this.work = work;
  }

  /** Makes room for {@code slots} where there is none. */
  void keep(Collection<Slot> slots) {
    for (Slot slot : slots) {
      rows.computeIfAbsent(slot, s -> memory.allocate(bytes(s, work)));
    }
  }

  private static long bytes(Slot slot, TokenTree work) {
    int count =
        switch (slot.rows()) {
          case TOKENS -> work.rows();
          case LOGIT_ROWS -> work.logitRows();
        };
    return (long) count * slot.width() * Float.BYTES;
  }

  /** What keeping {@code slots} of {@code work} takes. */
  static long bytes(Collection<Slot> slots, TokenTree work) {
    return slots.stream().mapToLong(slot -> bytes(slot, work)).sum();
  }

  /** Rows {@code from} to {@code from + count} of {@code slot}. */
  MemorySegment rows(Slot slot, int from, int count) {
    if (others != null && !rows.containsKey(slot)) {
      return others.rows(slot, from, count);
    }
    long row = (long) slot.width() * Float.BYTES;
    return rows.get(slot).asSlice(from * row, count * row);
  }
}
