package rankine.engine;

import java.util.List;

/**
 * A text as the continuation of a prompt.
 *
 * @param text as given
 * @param ids the token ids that were scored. Prompt and text are encoded together, so the first may
 *     begin with the prompt's last characters
 * @param logProbability natural logarithm of the probability of {@code ids} after the prompt,
 *     summed over them
 */
public record Continuation(String text, List<Integer> ids, double logProbability) {
  /** Copies the list. */
  public Continuation {
    ids = List.copyOf(ids);
  }
}
