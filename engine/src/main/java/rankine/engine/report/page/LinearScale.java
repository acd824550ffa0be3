package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear map from values to coordinates of a chart.
 *
 * @param low the value at {@code from}
 * @param high the value at {@code to}; not {@code low}
 */
record LinearScale(double low, double high, double from, double to) {
  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  /**
   * Returns round values within the scale, spaced by 1, 2 or 5 times a power of ten: the smallest
   * spacing that gives at most {@code limit} of them.
   */
  List<Double> ticks(int limit) {
    double power = Math.pow(10, Math.floor(Math.log10((high - low) / limit)));
    double step = power;
    for (double factor : new double[] {1, 2, 5, 10, 20}) {
      step = factor * power;
      if (Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) < limit) {
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** The same values on other coordinates. */
  LinearScale onto(double newFrom, double newTo) {
    return new LinearScale(low, high, newFrom, newTo);
  }
}
