package rankine.kernels;

/**
 * A weight that is resident on a {@link Backend}: made once by {@link Backend#matrix}, {@link
 * Backend#table} or {@link Backend#vector}, never changed, shared by every program and session of
 * that backend. On the CPU it is a view of the mapped file; on a device it is a buffer there.
 */
public interface Weight {
  /** Output features of a matrix; 1 for a vector. */
  int rows();

  /** Input features of a matrix; the length of a vector. */
  int cols();

  /** Its values on the host: for a stored weight the memory that it was made from, not a copy. */
  Matrix source();
}
