package rankine.engine.edit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import rankine.common.EditException;

/** What an edit does to a matrix W of shape [m, n] at a clipping rate ξ. */
public enum EditMethod {
  /** The best approximation of rank k = floor((1 − ξ) min(m, n)), by an exact SVD. */
  EXACT,
  /** The same by a randomized SVD. */
  RANDOMIZED,
  /** The floor(ξ m n) elements smallest in magnitude become 0. */
  MAGNITUDE,
  /** W becomes 0, whatever the rate above 0. */
  ZERO;

  /** As on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The method of that label. */
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
