package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Batch;

/**
 * A batch as the kernels read it: its rows, the list of wanted rows, the blocks of each sequence.
 *
 * @param ints all of it
 * @param wantedList where the list of wanted rows begins in it
 * @param positions one more than the largest position
 */
record BatchEncoding(int[] ints, int logitRowList, int positions) {
  /** Makes room in the sequences for the batch's tokens, and describes it. */
  static BatchEncoding of(Batch batch) {
    int rows = batch.rows();
    int logitRowList = rows * OpEncoding.TOKEN_INTS;
    int at = logitRowList + batch.logitRows().length;
    List<int[]> lists = new ArrayList<>();
    int size = at;
    for (Batch.Sequence sequence : batch.sequences()) {
      TornadoKvCache cache = (TornadoKvCache) sequence.cache();
      cache.reserve(cache.length() + sequence.ids().length);
      lists.add(cache.blockList());
      size += lists.getLast().length;
    }
    int[] ints = new int[size];
    System.arraycopy(batch.logitRows(), 0, ints, logitRowList, batch.logitRows().length);
    int row = 0;
    int positions = 0;
    for (int s = 0; s < lists.size(); s++) {
      Batch.Sequence sequence = batch.sequences().get(s);
      TornadoKvCache cache = (TornadoKvCache) sequence.cache();
      int past = cache.length();
      for (int i = 0; i < sequence.ids().length; i++, row++) {
        ints[row * OpEncoding.TOKEN_INTS + OpEncoding.ID] = sequence.ids()[i];
        ints[row * OpEncoding.TOKEN_INTS + OpEncoding.POSITION] = past + i;
        ints[row * OpEncoding.TOKEN_INTS + OpEncoding.KEYS] = cache.keys(past + i);
        ints[row * OpEncoding.TOKEN_INTS + OpEncoding.BLOCKS] = at;
      }
      positions = Math.max(positions, past + sequence.ids().length);
      System.arraycopy(lists.get(s), 0, ints, at, lists.get(s).length);
      at += lists.get(s).length;
    }
    return new BatchEncoding(ints, logitRowList, positions);
  }
}
