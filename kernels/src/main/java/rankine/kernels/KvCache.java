package rankine.kernels;

/**
 * The KV cache of one sequence: its keys and values in every layer, on a {@link Backend}. Programs
 * append to it. A backend may free positions that a layer's attention window has passed. A cache
 * and its forks are not thread-safe.
 */
public interface KvCache extends AutoCloseable {
  /** The number of complete positions, which is the position of the next token. */
  int length();

  /** As {@link #fork(int)}, from all positions. */
  default KvCache fork() {
    return fork(length());
  }

  /**
   * Creates a sequence that continues from this one's first {@code positions}. It shares them
   * without a copy; both sequences then grow independently.
   *
   * @param positions at most {@link #length}. Fewer only while no layer's attention window has
   *     passed the first position: a backend may have freed what the new sequence would read
   * @throws IllegalArgumentException if there are fewer
   */
  KvCache fork(int positions);

  /** Marks {@code tokens} more positions as complete in every layer. */
  void advance(int tokens);

  /** Frees the positions that no other sequence shares. */
  @Override
  void close();
}
