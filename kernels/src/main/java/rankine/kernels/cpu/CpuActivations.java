package rankine.kernels.cpu;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Slot;

/** One zeroed array a slot. */
final class CpuActivations implements Activations {
  private final Map<Slot, Rows> storage = new HashMap<>();
  private final int tokenRows;
  private final int wantedRows;

  CpuActivations(Collection<Slot> slots, int tokenRows, int wantedRows) {
    this.tokenRows = tokenRows;
    this.wantedRows = wantedRows;
    for (Slot slot : slots) {
      int rows =
          switch (slot.rows()) {
            case TOKENS -> tokenRows;
            case WANTED -> wantedRows;
          };
      storage.put(slot, Rows.allocate(rows, slot.width()));
    }
  }

  /** All rows that {@code slot} has room for. */
  Rows get(Slot slot) {
    Rows rows = storage.get(slot);
    if (rows == null) {
      throw new IllegalArgumentException("no storage for slot " + slot.name());
    }
    return rows;
  }

  @Override
  public int tokenRows() {
    return tokenRows;
  }

  @Override
  public int wantedRows() {
    return wantedRows;
  }

  @Override
  public void close() {
    storage.clear();
  }
}
