package rankine.kernels;

/**
 * A named activation of a program: float32, shape [rows, width], row-major. Programs name slots;
 * each session allocates its own {@link Activations} for them, so one model serves many sessions.
 *
 * @param rows the rows of the batch that it holds
 * @param width features per row
 */
public record Slot(String name, RowDomain rows, int width) {
  /** The row domain of a slot. */
  public enum RowDomain {
    /** One row per token of the batch. */
    TOKENS,
    /** One row per token of the batch that needs logits: {@link Batch#logitRows}. */
    LOGIT_ROWS
  }

  /** Checks the width. */
  public Slot {
    if (width < 1) {
      throw new IllegalArgumentException(
          "slot " + name + ": width: expected at least 1, found " + width);
    }
  }

  /** A slot with one row per token. */
  public static Slot tokens(String name, int width) {
    return new Slot(name, RowDomain.TOKENS, width);
  }

  /** A slot with one row per logit row. */
  public static Slot logitRows(String name, int width) {
    return new Slot(name, RowDomain.LOGIT_ROWS, width);
  }
}
