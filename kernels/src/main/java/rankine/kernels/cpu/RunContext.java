package rankine.kernels.cpu;

import rankine.kernels.Batch;
import rankine.kernels.Slot;

/** What a run of a program works on. One serves run after run: decoding allocates nothing. */
final class RunContext {
  private final BatchRows index = new BatchRows();
  private CpuActivations storage;
  private Batch batch;

  /** Takes these for those before. */
  void set(CpuActivations storage, Batch batch) {
    this.storage = storage;
    this.batch = batch;
    index.set(batch);
  }

  Batch batch() {
    return batch;
  }

  BatchRows index() {
    return index;
  }

  /** The rows of a slot that the batch uses. */
  ActivationRows rows(Slot slot) {
    return storage.first(slot, batch.rows(slot.rows()));
  }

  /** Which token of the batch row {@code row} of a slot belongs to. */
  int token(Slot slot, int row) {
    return switch (slot.rows()) {
      case TOKENS -> row;
      case LOGIT_ROWS -> batch.logitRows()[row];
    };
  }

  /** That of a sequence of the batch. */
  CpuKvCache cache(int sequence) {
    return (CpuKvCache) batch.sequences().get(sequence).cache();
  }
}
