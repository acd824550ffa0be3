package rankine.engine.icl;

import java.util.Locale;
import rankine.common.TaskException;

/**
 * The split to evaluate: validation for choosing hyperparameters, test for reporting. The task maps
 * it to rows of the published files ({@link DataSplit}): many data sets have no labelled test file.
 */
public enum EvaluationSplit {
  /** Rows for choosing hyperparameters, such as a pruning rate. */
  VALIDATION,
  /** Rows that influence no choice. */
  TEST;

  /** Returns {@code validation} or {@code test}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the split with that label.
   *
   * @throws TaskException for any other label
   */
  public static EvaluationSplit of(String label) {
    for (EvaluationSplit split : values()) {
      if (split.label().equals(label)) {
        return split;
      }
    }
    throw new TaskException("split: expected validation or test, found '" + label + "'");
  }
}
