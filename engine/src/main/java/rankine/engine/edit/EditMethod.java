package rankine.engine.edit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import rankine.common.EditException;

/** How an edit changes a matrix W of shape [m, n] at a pruning rate ξ. */
public enum EditMethod {
  /** The best approximation of rank k = floor((1 − ξ) min(m, n)), from an exact SVD. */
  EXACT,
  /** The same rank, from a randomized SVD. */
  RANDOMIZED,
  /** Magnitude pruning: the floor(ξ m n) elements of smallest magnitude become 0. */
  MAGNITUDE,
  /** W becomes 0 at every rate above 0. */
  ZERO;

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
