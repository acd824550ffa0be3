package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Batch;

/**
 * A batch encoded for the kernels: its tokens, the list of logit rows, the block list of each
 * sequence.
 *
 * @param ints the whole encoding
 * @param logitRowList index of the list of logit rows in {@code ints}
 * @param positions one more than the largest position
 */
record BatchEncoding(int[] ints, int logitRowList, int positions) {
  /** Reserves KV cache positions for the batch's tokens and encodes the batch. */
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
        int token = row * OpEncoding.TOKEN_INTS;
        ints[token + OpEncoding.ID] = sequence.ids()[i];
        ints[token + OpEncoding.POSITION] = past + i;
        ints[token + OpEncoding.BLOCKS] = at;
        cache.encodeKeys(past + i, ints, token);
      }
      positions = Math.max(positions, past + sequence.ids().length);
      System.arraycopy(lists.get(s), 0, ints, at, lists.get(s).length);
      at += lists.get(s).length;
    }
    return new BatchEncoding(ints, logitRowList, positions);
  }
}
