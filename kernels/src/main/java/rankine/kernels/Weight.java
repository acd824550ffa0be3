package rankine.kernels;

/**
 * An immutable weight resident on a {@link Backend}: created once by {@link Backend#matrix}, {@link
 * Backend#table} or {@link Backend#vector} and shared by all programs and sessions of that backend.
 * On the CPU it is a view of the mapped file; on a device it is device memory.
 */
public interface Weight {
  /** Output features of a matrix; 1 for a vector. */
  int rows();

  /** Input features of a matrix; the length of a vector. */
  int cols();

  /** The values on the host: for a stored weight the memory it was created from, not a copy. */
  Matrix source();
}
