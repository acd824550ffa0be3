package rankine.kernels.tornado;

import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import rankine.kernels.Activations;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/** One device range for all slots of a session, and the encoded programs that use them. */
final class TornadoActivations implements Activations {
  private final Map<Slot, Integer> offsets = new HashMap<>();
  private final IdentityHashMap<List<Op>, EncodedProgram> programs = new IdentityHashMap<>();
  private final TornadoBackend backend;
  private final int tokenRows;
  private final int logitRows;
  private final long elements;
  private DeviceRange range;

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

  /** Offset of a slot in the floats. */
  int offset(Slot slot) {
    Integer offset = offsets.get(slot);
    if (offset == null) {
      throw new IllegalArgumentException(
          "slot " + slot.name() + ": expected one of these activations, found none");
    }
    return range.offset() + offset;
  }

  /** Allocates the range on first use. */
  void allocate(Residency residency) {
    if (range == null) {
      range = residency.allocateFloats(elements);
    }
  }

  /** The number of float32 values of all slots. */
  long elements() {
    return elements;
  }

  /** The encoded programs, by identity of the program. */
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

  /** Frees the encoded programs. */
  void freePrograms(Residency residency, FreeList tables) {
    for (EncodedProgram program : programs.values()) {
      tables.free(program.offset());
      residency.free(program.scalars());
    }
    programs.clear();
  }

  /** Frees the encoded programs and the range. */
  void release(Residency residency, FreeList tables) {
    freePrograms(residency, tables);
    if (range != null) {
      residency.free(range);
      range = null;
    }
  }
}
