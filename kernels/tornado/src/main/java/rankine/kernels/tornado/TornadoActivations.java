package rankine.kernels.tornado;

import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/** One place for all slots of a session, and the rows of the programs that ran on them. */
final class TornadoActivations implements Activations {
  private final Map<Slot, Integer> offsets = new HashMap<>();
  private final IdentityHashMap<List<Op>, EncodedProgram> programs = new IdentityHashMap<>();
  private final TornadoBackend backend;
  private final int tokenRows;
  private final int logitRows;
  private final long elements;
  private DeviceRange place;

  TornadoActivations(TornadoBackend backend, Collection<Slot> slots, int tokenRows, int logitRows) {
    this.backend = backend;
    this.tokenRows = tokenRows;
    this.logitRows = logitRows;
    long at = 0;
    for (Slot slot : slots) {
      if (!offsets.containsKey(slot)) {
        offsets.put(slot, Math.toIntExact(at));
        int rows =
            switch (slot.rows()) {
              case TOKENS -> tokenRows;
              case LOGIT_ROWS -> logitRows;
            };
        at += (long) rows * slot.width();
      }
    }
    elements = at;
  }

  /** Where a slot begins in the floats. */
  int at(Slot slot) {
    Integer offset = offsets.get(slot);
    if (offset == null) {
      throw new IllegalArgumentException("no storage for slot " + slot.name());
    }
    return place.at() + offset;
  }

  /** Takes the room when it is first needed. */
  void ensure(Residency residency) {
    if (place == null) {
      place = residency.floats(elements);
    }
  }

  /** Float32 values of all slots. */
  long elements() {
    return elements;
  }

  /** Each program that ran, by identity. */
  IdentityHashMap<List<Op>, EncodedProgram> programs() {
    return programs;
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
    backend.release(this);
  }

  /** Drops the programs' rows. */
  void forget(Residency residency, FreeList tables) {
    for (EncodedProgram program : programs.values()) {
      tables.give(program.at());
      residency.give(program.numbers());
    }
    programs.clear();
  }

  /** Gives the room back. */
  void release(Residency residency, FreeList tables) {
    forget(residency, tables);
    if (place != null) {
      residency.give(place);
      place = null;
    }
  }
}
