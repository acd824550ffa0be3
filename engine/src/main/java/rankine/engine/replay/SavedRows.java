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
final class SavedRows {
  private final Memory memory;
  private final int tokens;
  private final int wanted;
  private final Map<Slot, MemorySegment> rows = new HashMap<>();

  SavedRows(Memory memory, Workload work) {
    this.memory = memory;
    this.tokens = work.rows();
    this.wanted = work.wanted();
  }

  /** Makes room for {@code slots} where there is none. */
  void keep(Collection<Slot> slots) {
    for (Slot slot : slots) {
      rows.computeIfAbsent(slot, s -> memory.allocate((long) count(s) * s.width() * Float.BYTES));
    }
  }

  private int count(Slot slot) {
    return switch (slot.rows()) {
      case TOKENS -> tokens;
      case WANTED -> wanted;
    };
  }

  /** Rows {@code from} to {@code from + count} of {@code slot}. */
  MemorySegment rows(Slot slot, int from, int count) {
    long row = (long) slot.width() * Float.BYTES;
    return rows.get(slot).asSlice(from * row, count * row);
  }
}
