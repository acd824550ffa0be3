package rankine.kernels;

/** The activation buffers of one session: storage for its programs' slots on a {@link Backend}. */
public interface Activations extends AutoCloseable {
  /** The largest number of tokens in a batch. */
  int tokenRows();

  /** The largest number of logit rows in a batch. */
  int logitRows();

  @Override
  void close();
}
