package rankine.benchmarks;

/**
 * The line of least squares through some points: {@code y = intercept + slope · x}.
 *
 * @param deviation the largest distance of a point from the line, as a part of the line's y there
 */
record LeastSquaresLine(double intercept, double slope, double deviation) {

  /** Through at least two points of different x. */
  static LeastSquaresLine through(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
    }
    if (!(xx > 0)) {
      throw new IllegalArgumentException("line: expected points of different x");
    }
    double slope = xy / xx;
    double intercept = meanY - slope * meanX;
    double deviation = 0;
    for (int i = 0; i < x.length; i++) {
      double there = intercept + slope * x[i];
      deviation = Math.max(deviation, Math.abs(y[i] - there) / Math.abs(there));
    }
    return new LeastSquaresLine(intercept, slope, deviation);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
