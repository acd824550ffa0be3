package rankine.engine.perplexity;

import java.util.Locale;
import rankine.common.TaskException;

/** How a text that is longer than the context is cut into windows. */
public enum WindowMode {
  /**
   * Windows of {@code context} tokens, one every {@code stride}; the last ends with the text and
   * may be shorter. A window scores the tokens that no earlier one scored, but never its own first
   * token: the sliding window of Hugging Face's guide to perplexity.
   */
  KEEP,
  /** As {@link #KEEP}, without windows shorter than {@code context}: SVD-LLM, ASVD. */
  DROP,
  /**
   * Windows of {@code context} inputs. Each begins with the last token that the one before scored;
   * the last is filled up with earlier tokens. Every token but the text's first is scored once: the
   * rolling log-likelihood of lm-evaluation-harness.
   */
  ROLLING;

  /** Returns the name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the mode with that label.
   *
   * @throws TaskException for any other label
   */
  public static WindowMode of(String label) {
    for (WindowMode mode : values()) {
      if (mode.label().equals(label)) {
        return mode;
      }
    }
    throw new TaskException("mode: expected keep, drop or rolling, found '" + label + "'");
  }
}
