package rankine.kernels.cpu;

import rankine.kernels.Batch;
import rankine.kernels.Slot;

/**
 * The activations and the batch of one run of a program, with the token id, position and sequence
 * of each row. One instance serves all runs, so decoding allocates nothing.
 */
final class RunContext {
  private CpuActivations storage;
  private Batch batch;

  /** [rows] each, or longer. */
  private int[] ids = {};

  private int[] position = {};
  private int[] sequence = {};
  private int positions;

  /** Sets the activations and the batch of the next run. */
  void set(CpuActivations storage, Batch batch) {
    this.storage = storage;
    this.batch = batch;
    int rows = batch.rows();
    if (ids.length < rows) {
      ids = new int[rows];
      position = new int[rows];
      sequence = new int[rows];
    }
    positions = 0;
    int row = 0;
    for (int s = 0; s < batch.sequences().size(); s++) {
      Batch.Sequence part = batch.sequences().get(s);
      int past = part.cache().length();
      for (int i = 0; i < part.ids().length; i++, row++) {
        ids[row] = part.ids()[i];
        position[row] = past + i;
        sequence[row] = s;
      }
      positions = Math.max(positions, past + part.ids().length);
    }
  }

  Batch batch() {
    return batch;
  }

  /** The token id of a row. */
  int id(int row) {
    return ids[row];
  }

  /** The position of a row, from 0 at the start of the sequence. */
  int position(int row) {
    return position[row];
  }

  /** Index of a row's sequence in the batch. */
  int sequence(int row) {
    return sequence[row];
  }

  /** One more than the largest position. */
  int positions() {
    return positions;
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
