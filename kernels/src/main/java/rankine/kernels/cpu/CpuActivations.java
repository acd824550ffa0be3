package rankine.kernels.cpu;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Slot;

/** One array a slot, of any content at first. */
final class CpuActivations implements Activations {
  private final Map<Slot, Rows> storage = new HashMap<>();

  /**
   * The first rows of each slot, as many as were last asked for: the same for token after token.
   */
  private final Map<Slot, Rows> views = new HashMap<>();

  private final ArrayPool pool;
  private final int tokenRows;
  private final int wantedRows;

  CpuActivations(Collection<Slot> slots, int tokenRows, int wantedRows, ArrayPool pool) {
    this.pool = pool;
    this.tokenRows = tokenRows;
    this.wantedRows = wantedRows;
    for (Slot slot : slots) {
      int rows =
          switch (slot.rows()) {
            case TOKENS -> tokenRows;
            case WANTED -> wantedRows;
          };
      storage.computeIfAbsent(slot, s -> Rows.allocate(rows, s.width(), pool));
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

  /** The first {@code count} rows. */
  Rows first(Slot slot, int count) {
    Rows known = views.get(slot);
    if (known == null || known.rows() != count) {
      known = get(slot).first(count);
      views.put(slot, known);
    }
    return known;
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
    storage.values().forEach(rows -> pool.give(rows.data()));
    storage.clear();
    views.clear();
  }
}
