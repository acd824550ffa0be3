package rankine.kernels;

/**
 * The keys and values of one sequence, in every layer, on a {@link Backend}. Grows as programs
 * append to it. A sequence and its forks are not safe for use by several threads at once.
 */
public interface KvCache extends AutoCloseable {
  /** Positions that are complete: the position of the next token. */
  int length();

  /**
   * A second sequence that continues from this one's first {@link #length} positions. The common
   * positions are shared, not copied; both may grow independently.
   */
  KvCache fork();

  /** Says that {@code tokens} more positions are complete in every layer. */
  void advance(int tokens);

  /** Frees what this sequence alone holds. */
  @Override
  void close();
}
