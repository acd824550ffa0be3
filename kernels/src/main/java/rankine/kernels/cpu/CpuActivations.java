package rankine.kernels.cpu;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Slot;

/** One array per slot, of undefined content at first. */
final class CpuActivations implements Activations {
  private final Map<Slot, ActivationRows> storage = new HashMap<>();

  /** The first rows of each slot, as last requested: token after token requests the same number. */
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

  /** All rows of {@code slot}. */
  ActivationRows get(Slot slot) {
    ActivationRows rows = storage.get(slot);
    if (rows == null) {
      throw new IllegalArgumentException("no storage for slot " + slot.name());
    }
    return rows;
  }

  /** The first {@code count} rows. */
  ActivationRows first(Slot slot, int count) {
    ActivationRows view = views.get(slot);
    if (view == null || view.rows() != count) {
      view = get(slot).first(count);
      views.put(slot, view);
    }
    return view;
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
