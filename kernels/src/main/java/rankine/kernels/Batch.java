package rankine.kernels;

import java.util.List;

/**
 * The tokens of one run: the new tokens of one or more sequences, concatenated, one row per token.
 * Rows need no padding: attention of a row reads only that row's sequence.
 *
 * @param sequences in row order
 * @param logitRows ascending indices of the rows that need logits
 */
public record Batch(List<Sequence> sequences, int[] logitRows) {
  /**
   * New tokens of one sequence.
   *
   * @param cache keys and values of the earlier tokens; {@code ids[0]} has position {@code
   *     cache.length()}
   */
  public record Sequence(KvCache cache, int[] ids) {}

  /** Checks that the logit rows ascend and exist. */
  public Batch {
    sequences = List.copyOf(sequences);
    int rows = sequences.stream().mapToInt(s -> s.ids().length).sum();
    int last = -1;
    for (int row : logitRows) {
      if (row <= last || row >= rows) {
        throw new IllegalArgumentException(
            "logit rows: expected ascending indices below " + rows + ", found " + row);
      }
      last = row;
    }
  }

  /** The number of tokens. */
  public int rows() {
    int rows = 0;
    for (int s = 0; s < sequences.size(); s++) { // no iterator: called for each operation
      rows += sequences.get(s).ids().length;
    }
    return rows;
  }

  /** The number of rows of a slot of {@code domain}. */
  public int rows(Slot.RowDomain domain) {
    return switch (domain) {
      case TOKENS -> rows();
      case LOGIT_ROWS -> logitRows.length;
    };
  }
}
