package rankine.engine.sweep;

import java.util.Locale;

/** The rates that are evaluated on the test split. */
public enum TestCells {
  /** The unedited model and the rate chosen on validation: Algorithm 1. */
  CHOSEN,
  /** Every rate, for curves; the choice is still made on validation. */
  ALL;

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
