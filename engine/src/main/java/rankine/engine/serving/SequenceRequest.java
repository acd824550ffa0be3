package rankine.engine.serving;

import java.util.Optional;
import rankine.engine.run.GenerationConfig;

/**
 * A prompt to continue.
 *
 * @param prompt at least one id
 * @param config how to continue it; no token is generated if its maximum is 0
 * @param scores the log-probabilities to report, if any
 */
public record SequenceRequest(
    int[] prompt, GenerationConfig config, Optional<ScoreOptions> scores) {

  /** Returns whether the prompt's own tokens are scored. */
  boolean scoresPrompt() {
    return scores.isPresent() && scores.get().prompt();
  }

  /** Returns the number of alternatives at each position; -1 if nothing is scored. */
  int alternatives() {
    return scores.map(ScoreOptions::alternatives).orElse(-1);
  }

  /**
   * Returns how many of the prompt's positions must be computed: a prompt's last token only if
   * another one follows.
   */
  int promptPositions() {
    if (config.maxTokens() > 0) {
      return prompt.length;
    }
    return scoresPrompt() ? prompt.length - 1 : 0;
  }
}
