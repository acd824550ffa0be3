package rankine.engine.checkpoint;

/**
 * The rows of one matrix within a fused one: blocks of {@code rows} neighbouring rows, the first at
 * {@code from}, the next {@code step} rows later.
 *
 * @param from the first row
 * @param rows per block
 * @param step rows from one block to the next, at least {@code rows}
 * @param blocks number of blocks
 */
public record RowBlocks(int from, int rows, int step, int blocks) {
  /** Checks the sizes. */
  public RowBlocks {
    if (from < 0 || rows < 1 || step < rows || blocks < 1) {
      throw new IllegalArgumentException(
          "row blocks: expected %d blocks of %d rows every %d rows from %d to be disjoint"
              .formatted(blocks, rows, step, from));
    }
  }

  /** Rows {@code from} to {@code from + count}: the parts lie one after another. */
  public static RowBlocks range(int from, int count) {
    return new RowBlocks(from, count, count, 1);
  }

  /**
   * Part {@code part} of {@code parts}, interleaved head by head: rows are [heads][parts][headDim],
   * as in GPT-NeoX's query_key_value.
   */
  public static RowBlocks ofHeads(int part, int parts, int heads, int headDim) {
    return new RowBlocks(part * headDim, headDim, parts * headDim, heads);
  }

  /** Returns the number of rows. */
  public int count() {
    return rows * blocks;
  }

  /** Returns the row of the fused matrix that is row {@code i} of this one. */
  public int row(int i) {
    return from + i / rows * step + i % rows;
  }

  /**
   * Returns whether the rows are neighbours in the fused matrix, so that a view can address them.
   */
  public boolean isRange() {
    return blocks == 1 || step == rows;
  }
}
