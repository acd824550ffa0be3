package rankine.engine.serving;

/**
 * Which log-probabilities a request wants.
 *
 * @param prompt whether also those of the prompt's tokens
 * @param alternatives the number of most likely tokens to report at each position, 0 or more
 */
public record ScoreOptions(boolean prompt, int alternatives) {}
