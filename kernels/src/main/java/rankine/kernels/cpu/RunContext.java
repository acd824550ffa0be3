package rankine.kernels.cpu;

import rankine.kernels.Batch;
import rankine.kernels.Slot;

/**
 * The activations and the batch of one run of a program. One instance serves all runs, so decoding
 * allocates nothing.
 */
final class RunContext {
  private final BatchRows index = new BatchRows();
  private CpuActivations storage;
  private Batch batch;

  /** Sets the activations and the batch of the next run. */
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

  /** The token row of the batch that row {@code row} of a slot belongs to. */
  int token(Slot slot, int row) {
    return switch (slot.rows()) {
      case TOKENS -> row;
      case LOGIT_ROWS -> batch.logitRows()[row];
    };
  }

  /** The KV cache of a sequence of the batch. */
  CpuKvCache cache(int sequence) {
    return (CpuKvCache) batch.sequences().get(sequence).cache();
  }
}
