package rankine.engine.icl;

import java.util.Locale;
import rankine.common.TaskException;

/** The part of a data set that is evaluated. Which file's rows it holds is the task's to say. */
public enum EvaluationSplit {
  /** Rows on which a choice (such as a clipping rate) is made. */
  VALIDATION,
  /** Rows that play no part in any choice. */
  TEST;

  /** {@code validation} or {@code test}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The part of that label.
   *
   * @throws TaskException for any other label
   */
  public static EvaluationSplit of(String label) {
    for (EvaluationSplit part : values()) {
      if (part.label().equals(label)) {
        return part;
      }
    }
    throw new TaskException("split: expected validation or test, found '" + label + "'");
  }
}
