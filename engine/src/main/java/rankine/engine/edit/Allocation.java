package rankine.engine.edit;

import java.util.Locale;

/** How the parameters that a whole-model ratio leaves are shared among the matrices. */
public enum Allocation {
  /** The same ratio for every matrix. */
  UNIFORM,
  /**
   * As many parameters in all as {@link #UNIFORM}, spent where the output error on the calibration
   * text falls most; every matrix keeps at least half of its uniform rank.
   */
  LOSS;

  /** Returns the name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
