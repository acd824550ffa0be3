package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Batch;
import rankine.kernels.Slot;

/**
 * A batch encoded for the kernels: its tokens, the list of logit rows, the block list of each
 * sequence.
 *
 * @param ints the whole encoding
 * @param tokens the number of tokens
 * @param logitRows the number of logit rows
 * @param positions one more than the largest position
 */
record BatchEncoding(int[] ints, int tokens, int logitRows, int positions) implements BatchExtent {
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
    return new BatchEncoding(ints, rows, batch.logitRows().length, positions);
  }

  /** Index of the list of logit rows in {@link #ints}. */
  int logitRowList() {
    return tokens * OpEncoding.TOKEN_INTS;
  }

  @Override
  public int rows(Slot.RowDomain domain) {
    return switch (domain) {
      case TOKENS -> tokens;
      case LOGIT_ROWS -> logitRows;
    };
  }

  @Override
  public int splits(Slot.RowDomain domain, int window) {
    int splits = 1;
    if (rows(domain) <= DeviceOp.GEMV_MAX_ROWS) {
      for (int row = 0; row < rows(domain); row++) {
        splits = Math.max(splits, AttentionKernels.splits(blocks(token(domain, row), window)));
      }
    }
    return splits;
  }

  /** Index in {@link #ints} of the token of a row. */
  private int token(Slot.RowDomain domain, int row) {
    int token =
        switch (domain) {
          case TOKENS -> row;
          case LOGIT_ROWS -> ints[logitRowList() + row];
        };
    return token * OpEncoding.TOKEN_INTS;
  }

  /** The KV blocks that a token reads, as the kernels count them. */
  private int blocks(int token, int window) {
    int length = ints[token + OpEncoding.POSITION] + 1;
    int first = Math.max(0, length - window);
    int list = ints[token + OpEncoding.BLOCKS];
    int count = 0;
    for (int b = 0; b < ints[list]; b++) {
      boolean last = b + 1 == ints[list];
      int start = ints[list + 1 + OpEncoding.BLOCK_INTS * b];
      int end = last ? length : ints[list + 1 + OpEncoding.BLOCK_INTS * (b + 1)];
      count += start < length && end > first ? 1 : 0;
    }
    return count;
  }
}
