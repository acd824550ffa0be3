package rankine.engine;

/**
 * How text is generated.
 *
 * @param maxTokens most new tokens, at least 0
 * @param temperature 0 decodes greedily; above 0, tokens are drawn from {@code softmax(logits /
 *     temperature)}
 * @param seed of the drawing: the same seed gives the same text on one backend
 */
public record Sampling(int maxTokens, double temperature, long seed) {
  /** Greedy decoding of at most 200 tokens. */
  public static final Sampling GREEDY = new Sampling(200, 0, 0);

  /** Returns this sampling with another limit of new tokens. */
  public Sampling withMaxTokens(int count) {
    return new Sampling(count, temperature, seed);
  }

  /** Returns this sampling with another temperature. */
  public Sampling withTemperature(double value) {
    return new Sampling(maxTokens, value, seed);
  }

  /** Returns this sampling with another seed. */
  public Sampling withSeed(long value) {
    return new Sampling(maxTokens, temperature, value);
  }
}
