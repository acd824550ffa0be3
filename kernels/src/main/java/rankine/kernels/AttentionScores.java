package rankine.kernels;

/**
 * How attention scores a query and a key: {@code s = scale · q · k}, then {@code softCap · tanh(s /
 * softCap)} where there is a cap (Gemma Team 2024, Gemma 2, section 2).
 *
 * @param softCap 0 for none
 * @param window positions that a token sees: itself and the {@code window - 1} before it (Beltagy
 *     et al. 2020, Longformer); {@link #UNLIMITED} for all
 */
public record AttentionScores(float scale, float softCap, int window) {
  /** The window of full attention. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Checks the cap and the window. */
  public AttentionScores {
    if (!(softCap >= 0) || window < 1) {
      throw new IllegalArgumentException(
          "attention: expected a cap of at least 0 and a window of at least 1, found %s and %d"
              .formatted(softCap, window));
    }
  }

  /** Full attention without a cap. */
  public static AttentionScores scaled(float scale) {
    return new AttentionScores(scale, 0, UNLIMITED);
  }

  /** Full attention without a cap, scaled by {@code 1 / sqrt(headDim)}. */
  public static AttentionScores ofHeadDim(int headDim) {
    return scaled((float) (1 / Math.sqrt(headDim)));
  }

  /** The same with another cap. */
  public AttentionScores withSoftCap(float other) {
    return new AttentionScores(scale, other, window);
  }

  /** The same with another window. */
  public AttentionScores withWindow(int other) {
    return new AttentionScores(scale, softCap, other);
  }

  /** The first position that a query sees which sees positions below {@code length}. */
  public int first(int length) {
    return Math.max(0, length - window);
  }
}
