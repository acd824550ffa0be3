package rankine.engine;

import java.util.OptionalInt;

/**
 * How a text is cut into windows; figures of different options are not comparable.
 *
 * @param context tokens of a window, at least 2; empty: the model's context, at most 2048
 * @param stride tokens from one window to the next; empty: the context
 * @param mode {@code keep} (the last window may be short), {@code drop} (it is left out) or {@code
 *     rolling} (every token is scored)
 * @param seed of the interval's bootstrap
 */
public record PerplexityOptions(OptionalInt context, OptionalInt stride, String mode, long seed) {
  /** Windows as long as the model allows, without overlap, mode keep, seed 0. */
  public static final PerplexityOptions DEFAULT =
      new PerplexityOptions(OptionalInt.empty(), OptionalInt.empty(), "keep", 0);

  /** Returns these options with windows of another length. */
  public PerplexityOptions withContext(int tokens) {
    return new PerplexityOptions(OptionalInt.of(tokens), stride, mode, seed);
  }

  /** Returns these options with windows that begin that many tokens apart. */
  public PerplexityOptions withStride(int tokens) {
    return new PerplexityOptions(context, OptionalInt.of(tokens), mode, seed);
  }

  /** Returns these options with another mode. */
  public PerplexityOptions withMode(String name) {
    return new PerplexityOptions(context, stride, name, seed);
  }
}
