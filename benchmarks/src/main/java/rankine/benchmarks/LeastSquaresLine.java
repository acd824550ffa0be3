package rankine.benchmarks;

/**
 * The least-squares line {@code y = intercept + slope · x} through points.
 *
 * @param deviation largest |residual| relative to the fitted value
 */
record LeastSquaresLine(double intercept, double slope, double deviation) {

  /** Fits at least two points of different x. */
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
      double fitted = intercept + slope * x[i];
      deviation = Math.max(deviation, Math.abs(y[i] - fitted) / Math.abs(fitted));
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
