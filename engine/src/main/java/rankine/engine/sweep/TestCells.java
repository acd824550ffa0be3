package rankine.engine.sweep;

import java.util.Locale;

/** Which rates are run on the test part. */
public enum TestCells {
  /** The plain model and the rate chosen on validation: Algorithm 1. */
  CHOSEN,
  /** Every rate, for curves; the choice is still validation's. */
  ALL;

  /** As on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
