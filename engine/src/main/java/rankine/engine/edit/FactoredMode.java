package rankine.engine.edit;

import java.util.Locale;

/** Whether a low-rank matrix is kept as two factors or multiplied out. */
public enum FactoredMode {
  /** As factors where they hold fewer numbers: k (m + n) &lt; m n. */
  AUTO,
  /** Always as factors. */
  ALWAYS,
  /** Never. */
  NEVER;

  /** As on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether factors of rank {@code rank} stand for a matrix [rows, cols]. */
  public boolean keepsFactors(int rank, int rows, int cols) {
    return switch (this) {
      case AUTO -> (long) rank * ((long) rows + cols) < (long) rows * cols;
      case ALWAYS -> true;
      case NEVER -> false;
    };
  }
}
