package rankine.engine.serving;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A token and how probable the model found it: before temperature, penalties and filters.
 *
 * @param logProbability natural logarithm; empty for the first token of a sequence, which nothing
 *     precedes
 * @param alternatives the most likely tokens at its position, best first, ties by smaller id; this
 *     token may be one of them
 */
public record ScoredToken(
    int id, OptionalDouble logProbability, List<TokenAlternative> alternatives) {
  /** A token that could stand at a position. */
  public record TokenAlternative(int id, double logProbability) {}

  /** Copies the list. */
  public ScoredToken {
    alternatives = List.copyOf(alternatives);
  }

  /** The first token of a sequence. */
  static ScoredToken first(int id) {
    return new ScoredToken(id, OptionalDouble.empty(), List.of());
  }

  /** Returns this token with at most {@code count} alternatives. */
  ScoredToken withAlternatives(int count) {
    return count >= alternatives.size()
        ? this
        : new ScoredToken(id, logProbability, alternatives.subList(0, count));
  }
}
