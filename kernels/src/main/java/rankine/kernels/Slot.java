package rankine.kernels;

/**
 * A named activation of a program: float32, shape [rows, width], row-major. Programs name slots;
 * each session has its own {@link Activations} for them, so that one model serves many sessions.
 *
 * @param rows which rows of the batch it has
 * @param width features a row
 */
public record Slot(String name, RowDomain rows, int width) {
  /** The row domain of a slot. */
  public enum RowDomain {
    /** One row a token of the batch. */
    TOKENS,
    /** One row for each token of the batch whose logits are wanted. */
    LOGIT_ROWS
  }

  /** Checks the width. */
  public Slot {
    if (width < 1) {
      throw new IllegalArgumentException("slot " + name + " of width " + width);
    }
  }

  /** A slot with one row a token. */
  public static Slot tokens(String name, int width) {
    return new Slot(name, RowDomain.TOKENS, width);
  }

  /** A slot with one row a wanted token. */
  public static Slot logitRows(String name, int width) {
    return new Slot(name, RowDomain.LOGIT_ROWS, width);
  }
}
