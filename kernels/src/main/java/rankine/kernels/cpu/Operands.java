package rankine.kernels.cpu;

import rankine.kernels.Batch;
import rankine.kernels.Slot;

/** What one run of a program works on. */
record Operands(CpuActivations storage, Batch batch, RowIndex index) {
  /** The rows of a slot that the batch uses. */
  Rows rows(Slot slot) {
    return storage.first(slot, batch.rows(slot.rows()));
  }

  /** Which token of the batch row {@code row} of a slot belongs to. */
  int token(Slot slot, int row) {
    return switch (slot.rows()) {
      case TOKENS -> row;
      case WANTED -> batch.wanted()[row];
    };
  }

  /** That of a sequence of the batch. */
  CpuKvCache cache(int sequence) {
    return (CpuKvCache) batch.sequences().get(sequence).cache();
  }
}
