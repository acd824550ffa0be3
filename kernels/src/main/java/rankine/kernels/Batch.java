package rankine.kernels;

import java.util.List;

/**
 * The tokens of one run: one or more sequences, row after row. Rows need no padding: attention sees
 * each row's own sequence only.
 *
 * @param sequences in row order
 * @param logitRows rows, ascending, whose logits are wanted
 */
public record Batch(List<Sequence> sequences, int[] logitRows) {
  /**
   * New tokens of one sequence.
   *
   * @param cache its past; the first of {@code ids} has position {@code cache.length()}
   */
  public record Sequence(KvCache cache, int[] ids) {}

  /** Checks the wanted rows. */
  public Batch {
    sequences = List.copyOf(sequences);
    int rows = sequences.stream().mapToInt(s -> s.ids().length).sum();
    int last = -1;
    for (int row : logitRows) {
      if (row <= last || row >= rows) {
        throw new IllegalArgumentException("wanted row " + row + " of " + rows);
      }
      last = row;
    }
  }

  /** Tokens in all. */
  public int rows() {
    int rows = 0;
    for (int s = 0; s < sequences.size(); s++) { // no iterator: it is asked for at each operation
      rows += sequences.get(s).ids().length;
    }
    return rows;
  }

  /** Rows that a slot of {@code domain} has. */
  public int rows(Slot.RowDomain domain) {
    return switch (domain) {
      case TOKENS -> rows();
      case LOGIT_ROWS -> logitRows.length;
    };
  }
}
