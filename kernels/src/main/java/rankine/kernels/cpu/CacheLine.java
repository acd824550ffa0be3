package rankine.kernels.cpu;

/**
 * The first element of a Java array that begins a 64-byte cache line. A 64-byte vector that starts
 * there occupies one line; any other start crosses two, which costs twice the loads.
 *
 * <p>Holds where the JVM aligns objects to cache lines ({@code -XX:ObjectAlignmentInBytes=64}, set
 * by the launcher): element 0 is then 16 bytes into a line, after the array's header. Without the
 * option, or with compact object headers, arrays begin at other offsets: results are the same, but
 * these starts are no better than others.
 */
final class CacheLine {
  /** The first aligned float or int. */
  static final int FLOATS = 12;

  /** The first aligned double. */
  static final int DOUBLES = 6;

  private CacheLine() {}
}
