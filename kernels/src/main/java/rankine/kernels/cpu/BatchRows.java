package rankine.kernels.cpu;

import rankine.kernels.Batch;

/** The token id, position and sequence of each row of a batch. One instance serves all batches. */
final class BatchRows {
  /** [rows] each, or longer. */
  private int[] ids = {};

  private int[] position = {};
  private int[] sequence = {};
  private int positions;

  /** Sets the batch. */
  void set(Batch batch) {
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

  int id(int row) {
    return ids[row];
  }

  /** From 0 at the start of the sequence. */
  int position(int row) {
    return position[row];
  }

  /** Index into the batch's sequences. */
  int sequence(int row) {
    return sequence[row];
  }

  /** One more than the largest position. */
  int positions() {
    return positions;
  }
}
