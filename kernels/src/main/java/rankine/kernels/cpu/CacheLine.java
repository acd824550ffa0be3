package rankine.kernels.cpu;

/**
 * Where a line of the cache, 64 bytes, begins in a Java array: a vector of as many bytes that
 * starts there lies in one line, any other in two, which costs twice the loads.
 *
 * <p>True where the JVM aligns objects to lines ({@code -XX:ObjectAlignmentInBytes=64}, an option
 * that the launcher sets): element 0 then lies 16 bytes into a line, behind the array's header. In
 * another JVM, and with compact object headers, arrays begin anywhere, and these places are as good
 * as all others.
 */
final class CacheLine {
  /** The first one of floats or ints. */
  static final int FLOATS = 12;

  /** The first one of doubles. */
  static final int DOUBLES = 6;

  private CacheLine() {}
}
