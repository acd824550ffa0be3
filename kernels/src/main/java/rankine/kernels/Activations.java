package rankine.kernels;

/** A session's storage for the slots of its programs, on a {@link Backend}. */
public interface Activations extends AutoCloseable {
  /** Tokens that fit in a batch. */
  int tokenRows();

  /** Wanted rows that fit in a batch. */
  int logitRows();

  @Override
  void close();
}
