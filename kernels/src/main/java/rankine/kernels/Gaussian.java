package rankine.kernels;

/**
 * Counter-based N(0, 1) generator: each value is a function of (seed, row, column) alone, without
 * state, in any order, on any number of threads. The bits come from Philox4x32-10 (Salmon, Moraes,
 * Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011); the Box-Muller transform
 * (1958) turns four words into four values.
 *
 * <p>It uses only integers and {@code + - × ÷ sqrt} of IEEE float64, no library function, so every
 * JVM computes the same bits, interpreted or compiled.
 */
public final class Gaussian {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long LOW = 0xffffffffL;

  private Gaussian() {}

  /**
   * Philox4x32-10: computes one block of four words.
   *
   * @param c0 first word of the counter, followed by c1, c2 and c3
   * @param key the two words of the key, the low word first
   * @param out [4]
   */
  static void philox(int c0, int c1, int c2, int c3, long key, int[] out) {
    int k0 = (int) key;
    int k1 = (int) (key >> 32);
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = MULTIPLIER_0 * (x0 & LOW);
      long p1 = MULTIPLIER_1 * (x2 & LOW);
      // The narrowing cast drops the upper half, so the signed shift gives the same bits as the
      // unsigned shift.
      int y0 = (int) (p1 >> 32) ^ x1 ^ k0;
      int y2 = (int) (p0 >> 32) ^ x3 ^ k1;
      x1 = (int) p1;
      x3 = (int) p0;
      x0 = y0;
      x2 = y2;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }

  /** The value at one (row, column). */
  public static float at(long seed, int row, int col) {
    float[] four = new float[4];
    block(seed, row, col / 4, new int[4], four, 0);
    return four[col % 4];
  }

  /** Writes columns 0 to {@code cols} of a row from {@code into[at]} on. */
  public static void row(long seed, int row, int cols, float[] into, int at) {
    int[] bits = new int[4];
    int whole = cols / 4;
    for (int b = 0; b < whole; b++) {
      block(seed, row, b, bits, into, at + 4 * b);
    }
    if (4 * whole < cols) {
      float[] four = new float[4];
      block(seed, row, whole, bits, four, 0);
      System.arraycopy(four, 0, into, at + 4 * whole, cols - 4 * whole);
    }
  }

  private static void block(long seed, int row, int block, int[] bits, float[] into, int at) {
    philox(block, row, 0, 0, seed, bits);
    pair(bits[0], bits[1], into, at);
    pair(bits[2], bits[3], into, at + 2);
  }

  /** Box-Muller: radius from the first word, angle from the second. */
  private static void pair(int radiusBits, int angleBits, float[] into, int at) {
    // u in (0, 1): its logarithm is finite and not zero.
    double u = ((radiusBits & LOW) + 0.5) * 0x1p-32;
    double radius = Math.sqrt(-2 * log(u));
    // Range reduction: the quadrant of the nearest axis, and a remainder in [-1/8, 1/8) of a turn.
    long turn = (angleBits & LOW) + (1L << 29);
    int quadrant = (int) (turn >> 30) & 3;
    double x = ((turn & ((1L << 30) - 1)) - (1L << 29) + 0.5) * (0x1p-32 * 2 * Math.PI);
    double sin = radius * sin(x);
    double cos = radius * cos(x);
    boolean swap = (quadrant & 1) != 0;
    double first = swap ? -sin : cos;
    double second = swap ? cos : sin;
    boolean negate = (quadrant & 2) != 0;
    into[at] = (float) (negate ? -first : first);
    into[at + 1] = (float) (negate ? -second : second);
  }

  /** Natural logarithm of a normal number: exponent · ln 2 + 2 artanh((m - 1) / (m + 1)). */
  private static double log(double u) {
    long bits = Double.doubleToRawLongBits(u);
    int exponent = (int) (bits >> 52) - 1023;
    double m = Double.longBitsToDouble((bits & 0x000fffffffffffffL) | 0x3ff0000000000000L);
    if (m > 1.4142135623730951) {
      m *= 0.5;
      exponent++;
    }
    double f = (m - 1) / (m + 1);
    double z = f * f;
    double p = 1.0 / 15;
    p = p * z + 1.0 / 13;
    p = p * z + 1.0 / 11;
    p = p * z + 1.0 / 9;
    p = p * z + 1.0 / 7;
    p = p * z + 1.0 / 5;
    p = p * z + 1.0 / 3;
    p = p * z + 1;
    return exponent * 0.6931471805599453 + 2 * f * p;
  }

  /** Taylor series, |x| ≤ π/4. */
  private static double sin(double x) {
    double z = x * x;
    double p = 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800;
    p = p * z + 1.0 / 362880;
    p = p * z - 1.0 / 5040;
    p = p * z + 1.0 / 120;
    p = p * z - 1.0 / 6;
    return x + x * z * p;
  }

  /** Taylor series, |x| ≤ π/4. */
  private static double cos(double x) {
    double z = x * x;
    double p = 1.0 / 479001600;
    p = p * z - 1.0 / 3628800;
    p = p * z + 1.0 / 40320;
    p = p * z - 1.0 / 720;
    p = p * z + 1.0 / 24;
    p = p * z - 0.5;
    return 1 + z * p;
  }
}
