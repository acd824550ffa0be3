package rankine.engine.edit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import rankine.common.EditException;

/**
 * How an edit changes a matrix W of shape [m, n], of which a {@link rankine.engine.lowrank.Removal}
 * leaves rank k.
 */
public enum EditMethod {
  /** The best approximation of rank k, from an exact SVD. */
  EXACT,
  /** The same rank, from a randomized SVD. */
  RANDOMIZED,
  /** Magnitude pruning: as many elements as the removal says become 0, the smallest first. */
  MAGNITUDE,
  /** W becomes 0 wherever anything is removed. */
  ZERO,
  /**
   * Activation-aware SVD (Yuan et al., arXiv 2312.05821): {@code (W S)_k S⁻¹} with S the diagonal
   * of the mean absolute inputs to the power ½, plus 1e-6.
   */
  ASVD,
  /** The W' of rank k with the least {@code ‖W X − W' X‖} on calibration inputs X: SVD-LLM. */
  WHITENED,
  /**
   * As {@link #WHITENED}, for the inputs X' in the compressed model, of the outputs {@code β W X +
   * (1 − β) W X'} with X the inputs in the original one: AA-SVD.
   */
  ANCHORED;

  /** Returns whether the method needs a {@link Calibration}. */
  public boolean isCalibrated() {
    return switch (this) {
      case ASVD, WHITENED, ANCHORED -> true;
      case EXACT, RANDOMIZED, MAGNITUDE, ZERO -> false;
    };
  }

  /** Returns whether the method gives a matrix of lower rank. */
  public boolean isLowRank() {
    return switch (this) {
      case EXACT, RANDOMIZED, ASVD, WHITENED, ANCHORED -> true;
      case MAGNITUDE, ZERO -> false;
    };
  }

  /** Returns the name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the method of that label. */
  public static EditMethod of(String label) {
    return Arrays.stream(values())
        .filter(m -> m.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new EditException(
                    "method: expected one of "
                        + Arrays.stream(values())
                            .map(EditMethod::label)
                            .collect(Collectors.joining(", "))
                        + ", found '"
                        + label
                        + "'"));
  }
}
