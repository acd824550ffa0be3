package rankine.kernels.cpu;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Slot;

/** One array a slot, of any content at first. */
final class CpuActivations implements Activations {
  private final Map<Slot, ActivationRows> storage = new HashMap<>();

  /**
   * The first rows of each slot, as many as were last asked for: the same for token after token.
   */
  private final Map<Slot, ActivationRows> views = new HashMap<>();

  private final ArrayPool pool;
  private final int tokenRows;
  private final int logitRows;

  CpuActivations(Collection<Slot> slots, int tokenRows, int logitRows, ArrayPool pool) {
    this.pool = pool;
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    for (Slot slot : slots) {
      int rows =
          switch (slot.rows()) {
            case TOKENS -> tokenRows;
            case LOGIT_ROWS -> logitRows;
          };
      storage.computeIfAbsent(slot, s -> ActivationRows.allocate(rows, s.width(), pool));
    }
  }

  /** All rows that {@code slot} has room for. */
  ActivationRows get(Slot slot) {
    ActivationRows rows = storage.get(slot);
    if (rows == null) {
      throw new IllegalArgumentException("no storage for slot " + slot.name());
    }
    return rows;
  }

  /** The first {@code count} rows. */
  ActivationRows first(Slot slot, int count) {
    ActivationRows known = views.get(slot);
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
  public int logitRows() {
    return logitRows;
  }

  @Override
  public void close() {
    storage.values().forEach(rows -> pool.give(rows.data()));
    storage.clear();
    views.clear();
  }
}
