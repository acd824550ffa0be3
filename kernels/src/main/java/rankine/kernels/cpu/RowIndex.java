package rankine.kernels.cpu;

import rankine.kernels.Batch;

/**
 * What each row of a batch is: its token id, its position, its sequence.
 *
 * @param ids [rows]
 * @param position [rows], from 0 at the start of the sequence
 * @param sequence [rows], index into the batch's sequences
 * @param positions one more than the largest position
 */
record RowIndex(int[] ids, int[] position, int[] sequence, int positions) {
  static RowIndex of(Batch batch) {
    int rows = batch.rows();
    int[] ids = new int[rows];
    int[] position = new int[rows];
    int[] sequence = new int[rows];
    int row = 0;
    int positions = 0;
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
    return new RowIndex(ids, position, sequence, positions);
  }

  int id(int row) {
    return ids[row];
  }

  int position(int row) {
    return position[row];
  }

  int sequence(int row) {
    return sequence[row];
  }
}
