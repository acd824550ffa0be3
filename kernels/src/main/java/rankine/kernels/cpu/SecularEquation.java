package rankine.kernels.cpu;

/**
 * The secular equation {@code 1 + Σ_i weights[i] / (poles[i] - λ) = 0}: its roots are the
 * eigenvalues of a diagonal matrix plus one of rank one. There is one root between each two
 * neighbouring poles, and one above the last.
 *
 * <p>The search computes a root as its distance from the nearer pole, so that its differences from
 * all poles have nearly full relative precision. Steps are those of Bunch, Nielsen and Sorensen
 * (1978): the terms on either side of the root are replaced by one term each with the same value
 * and slope. Where a step leaves the interval that holds the root, or is slow, the interval is
 * halved.
 *
 * @param poles ascending, no two equal, [n]
 * @param weights positive, [n]
 */
record SecularEquation(double[] poles, double[] weights) {
  /** Tolerance of the left-hand side at a root, relative to the sum of magnitudes. */
  private static final double NEGLIGIBLE = 0x1p-50;

  /** Steps after which the interval is only halved; a handful are usual. */
  private static final int MAX_RATIONAL_STEPS = 40;

  /**
   * Finds root j, which is above pole j.
   *
   * @param distances {@code poles[i] - λ} at {@code at + i}
   * @return λ
   */
  double root(int j, double[] distances, int at) {
    if (poles.length == 1) {
      distances[at] = -weights[0];
      return poles[0] + weights[0];
    }
    Search search = new Search(j);
    search.run();
    for (int i = 0; i < poles.length; i++) {
      distances[at + i] = poles[i] - search.origin - search.x;
    }
    return search.origin + search.x;
  }

  /** The search for a root {@code origin + x}. */
  private final class Search {
    /** The last pole whose terms belong to the lower side of the root. */
    private final int below;

    /** True if the root is above all poles. */
    private final boolean last;

    private double origin;
    private double x;

    /** The interval that holds x; the left-hand side is increasing on it. */
    private double low;

    private double high;

    /** Sums of the terms of poles up to {@code below} and after it, and their derivatives. */
    private double left;

    private double leftSlope;
    private double right;
    private double rightSlope;

    Search(int j) {
      last = j == poles.length - 1;
      below = last ? j - 1 : j;
      origin = poles[j];
      double span = 0;
      if (last) {
        for (int i = 0; i < poles.length; i++) {
          span += weights[i];
        }
      } else {
        span = poles[j + 1] - poles[j];
      }
      x = span / 2;
      evaluate();
      double value = value();
      double rest = value - term(below) - term(below + 1);
      low = value < 0 ? x : 0;
      high = value < 0 ? span : x;
      if (value < 0 && !last) {
        origin = poles[j + 1];
        low = -x;
        high = 0;
      }
      move(start(rest));
    }

    private double value() {
      return 1 + left + right;
    }

    private double term(int i) {
      return weights[i] / distance(i);
    }

    /** The distance of pole i from the present estimate of the root. */
    private double distance(int i) {
      return poles[i] - origin - x;
    }

    private void evaluate() {
      left = 0;
      leftSlope = 0;
      for (int i = 0; i <= below; i++) {
        double inverse = 1 / distance(i);
        double term = weights[i] * inverse;
        left += term;
        leftSlope += term * inverse;
      }
      right = 0;
      rightSlope = 0;
      for (int i = poles.length - 1; i > below; i--) {
        double inverse = 1 / distance(i);
        double term = weights[i] * inverse;
        right += term;
        rightSlope += term * inverse;
      }
    }

    /** The first estimate: where two terms, and a constant for the others, add up to zero. */
    private double start(double rest) {
      double a = weights[below];
      double b = weights[below + 1];
      double gap = poles[below + 1] - poles[below];
      if (origin == poles[below]) {
        return zero(rest, rest * gap + a + b, a * gap, false);
      }
      return zero(rest, a + b - rest * gap, -b * gap, true);
    }

    /** The lower root of {@code c y² - a y + b}, c > 0, or the upper one, without cancellation. */
    private static double zero(double c, double a, double b, boolean upper) {
      double root = Math.sqrt(Math.max(0, a * a - 4 * b * c));
      if (upper) {
        return a < 0 ? 2 * b / (a - root) : (a + root) / (2 * c);
      }
      return a > 0 ? 2 * b / (a + root) : (a - root) / (2 * c);
    }

    /** Moves x to {@code to}, or to the middle of the interval if that is outside. */
    private void move(double to) {
      x = to > low && to < high ? to : low + (high - low) / 2;
    }

    void run() {
      for (int step = 0; ; step++) {
        evaluate();
        double value = value();
        if (Math.abs(value) <= NEGLIGIBLE * (1 + Math.abs(left) + Math.abs(right))) {
          return;
        }
        double before = x;
        if (value < 0) {
          low = x;
        } else {
          high = x;
        }
        move(step < MAX_RATIONAL_STEPS ? x + step(value) : Double.NaN);
        if (x == before || x == low || x == high) {
          return;
        }
      }
    }

    private double step(double value) {
      double lower = distance(below);
      double upper = distance(below + 1);
      double slope = leftSlope + rightSlope;
      double c = value - lower * leftSlope - upper * rightSlope;
      double a = (lower + upper) * value - lower * upper * slope;
      double b = lower * upper * value;
      double step = zero(last ? Math.abs(c) : c, a, b, last);
      return value * step < 0 ? step : -value / slope;
    }
  }
}
