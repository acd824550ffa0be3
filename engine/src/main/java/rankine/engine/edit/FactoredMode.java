package rankine.engine.edit;

import java.util.Locale;

/** Whether a low-rank matrix is stored as two factors or as a dense matrix. */
public enum FactoredMode {
  /** Factors if they have fewer elements: k (m + n) &lt; m n. */
  AUTO,
  /** Always factors. */
  ALWAYS,
  /** Always dense. */
  NEVER;

  /** Returns the name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether this mode keeps factors of rank {@code rank} for a matrix [rows, cols]. */
  public boolean keepsFactors(int rank, int rows, int cols) {
    return switch (this) {
      case AUTO -> (long) rank * ((long) rows + cols) < (long) rows * cols;
      case ALWAYS -> true;
      case NEVER -> false;
    };
  }
}
