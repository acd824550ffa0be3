package rankine.engine;

import java.util.List;
import rankine.engine.run.GenerationConfig;

/**
 * How text is generated. The filters apply in the order of Hugging Face's transformers: repetition
 * penalty, temperature, top-k, top-p, min-p. The ranges are checked when text is generated.
 *
 * @param maxTokens most new tokens, at least 0
 * @param temperature 0 decodes greedily, and top-k, top-p and min-p have no effect; above 0, tokens
 *     are drawn from {@code softmax(logits / temperature)}
 * @param topK draw from the K most likely tokens only; 0 keeps all
 * @param topP draw from the fewest most likely tokens that together have probability P, in (0, 1];
 *     1 keeps all
 * @param minP draw from tokens at least P times as likely as the most likely one, in [0, 1]; 0
 *     keeps all
 * @param repetitionPenalty divides positive logits of tokens that the text already has, and
 *     multiplies negative ones; above 0; 1 changes nothing
 * @param stop texts before which the generation ends, none of them empty
 * @param seed of the drawing: the same seed gives the same text on one backend
 */
public record Sampling(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    List<String> stop,
    long seed) {
  /** Greedy decoding of at most 200 tokens. */
  public static final Sampling GREEDY = new Sampling(200, 0, 0);

  /** Copies the list. */
  public Sampling {
    stop = List.copyOf(stop);
  }

  /** Without filters and stop texts. */
  public Sampling(int maxTokens, double temperature, long seed) {
    this(maxTokens, temperature, 0, 1, 0, 1, List.of(), seed);
  }

  /** Returns this sampling with another limit of new tokens. */
  public Sampling withMaxTokens(int count) {
    return new Sampling(count, temperature, topK, topP, minP, repetitionPenalty, stop, seed);
  }

  /** Returns this sampling with another temperature. */
  public Sampling withTemperature(double value) {
    return new Sampling(maxTokens, value, topK, topP, minP, repetitionPenalty, stop, seed);
  }

  /** Returns this sampling with another top-k. */
  public Sampling withTopK(int count) {
    return new Sampling(maxTokens, temperature, count, topP, minP, repetitionPenalty, stop, seed);
  }

  /** Returns this sampling with another top-p. */
  public Sampling withTopP(double value) {
    return new Sampling(maxTokens, temperature, topK, value, minP, repetitionPenalty, stop, seed);
  }

  /** Returns this sampling with another min-p. */
  public Sampling withMinP(double value) {
    return new Sampling(maxTokens, temperature, topK, topP, value, repetitionPenalty, stop, seed);
  }

  /** Returns this sampling with another repetition penalty. */
  public Sampling withRepetitionPenalty(double value) {
    return new Sampling(maxTokens, temperature, topK, topP, minP, value, stop, seed);
  }

  /** Returns this sampling with other stop texts. */
  public Sampling withStop(String... texts) {
    return new Sampling(
        maxTokens, temperature, topK, topP, minP, repetitionPenalty, List.of(texts), seed);
  }

  /** Returns this sampling with another seed. */
  public Sampling withSeed(long value) {
    return new Sampling(maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, value);
  }

  /** Throws {@link rankine.common.ModelException} for a value out of range. */
  GenerationConfig config() {
    return new GenerationConfig(
        maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed);
  }
}
