package rankine.engine.profile;

/**
 * Token ids that a model reads in one go.
 *
 * @param after the index of the passage that this one continues; {@link #NONE} where it begins a
 *     sequence
 * @param ids at least one
 */
public record TextSpan(int after, int[] ids) {
  /** Continues nothing. */
  public static final int NONE = -1;

  /** Checks that there is something to read. */
  public TextSpan {
    if (ids.length == 0) {
      throw new IllegalArgumentException("a passage without ids");
    }
  }
}
