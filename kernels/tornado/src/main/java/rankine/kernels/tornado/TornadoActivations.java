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
  private DeviceRange scratch;
  private long scratchElements;

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

  /**
   * Allocates the scratch of split attention, for one operation at a time. A larger one replaces
   * the scratch before and frees the encoded programs, which point to it.
   */
  void allocateScratch(long needed, Residency residency, FreeList tables) {
    if (needed > scratchElements) {
      freePrograms(residency, tables);
      freeScratch(residency);
      scratch = residency.allocateFloats(needed);
      scratchElements = needed;
    }
  }

  private void freeScratch(Residency residency) {
    if (scratch != null) {
      residency.free(scratch);
      scratch = null;
      scratchElements = 0;
    }
  }

  /** Offset of the scratch in the floats. */
  int scratch() {
    return scratch.offset();
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

  /** Frees the encoded programs, the scratch and the range. */
  void release(Residency residency, FreeList tables) {
    freePrograms(residency, tables);
    freeScratch(residency);
    if (range != null) {
      residency.free(range);
      range = null;
    }
  }
}
