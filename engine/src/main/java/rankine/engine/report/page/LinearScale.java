package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear map from figures to a drawing's coordinates.
 *
 * @param low the figure at {@code from}
 * @param high the figure at {@code to}; not {@code low}
 */
record LinearScale(double low, double high, double from, double to) {
  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  /**
   * Round figures within the scale, at a distance of 1, 2 or 5 times a power of ten, the least that
   * gives at most {@code most} of them.
   */
  List<Double> ticks(int most) {
    double power = Math.pow(10, Math.floor(Math.log10((high - low) / most)));
    double step = power;
    for (double factor : new double[] {1, 2, 5, 10, 20}) {
      step = factor * power;
      if (Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) < most) {
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** The same figures on other coordinates. */
  LinearScale onto(double newFrom, double newTo) {
    return new LinearScale(low, high, newFrom, newTo);
  }
}
