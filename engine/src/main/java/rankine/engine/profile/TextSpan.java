package rankine.engine.profile;

/**
 * Consecutive token ids of a sequence.
 *
 * @param parent index of the span that this one continues; {@link #NONE} at the start of a sequence
 * @param ids at least one
 */
public record TextSpan(int parent, int[] ids) {
  /** No parent. */
  public static final int NONE = -1;

  /** Checks that there is at least one id. */
  public TextSpan {
    if (ids.length == 0) {
      throw new IllegalArgumentException("a text span without ids");
    }
  }
}
