package rankine.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.common.ModelException;

/**
 * Sampling parameters of text generation. {@link TokenSampler} applies them in the order of Hugging
 * Face's transformers: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @param maxTokens most new tokens
 * @param temperature 0 decodes greedily; above 0, tokens are sampled from {@code softmax(logits /
 *     temperature)}
 * @param topK sample from the K most likely tokens only; 0 keeps all
 * @param topP sample from the fewest most likely tokens that together have probability P, in (0,
 *     1]; 1 keeps all
 * @param minP sample from tokens that are at least P times as likely as the most likely one, in [0,
 *     1]; 0 keeps all
 * @param repetitionPenalty divides the positive logits of all tokens that the prompt or the new
 *     text has, and multiplies their negative ones; above 0 in float32, as it is applied; 1 changes
 *     nothing. Also applies to greedy decoding
 * @param stop texts that end the generation and are not part of the new text; none is empty
 * @param seed of the sampling: the same seed gives the same text on one backend
 */
public record GenerationConfig(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    List<String> stop,
    long seed) {

  /**
   * Checks the parameters.
   *
   * @throws ModelException if one is outside its range
   */
  public GenerationConfig {
    require(maxTokens >= 0, "max-tokens", "0 or more", maxTokens);
    require(
        temperature >= 0 && Double.isFinite(temperature), "temperature", "0 or more", temperature);
    require(topK >= 0, "top-k", "0 or more", topK);
    require(topP > 0 && topP <= 1, "top-p", "more than 0, at most 1", topP);
    require(minP >= 0 && minP <= 1, "min-p", "0 to 1", minP);
    require(
        isPenalty(repetitionPenalty),
        "repetition-penalty",
        "more than 0, in float32",
        repetitionPenalty);
    stop = List.copyOf(stop);
    require(stop.stream().noneMatch(String::isEmpty), "stop", "a text", "an empty one");
  }

  /** Temperature sampling, or greedy decoding, without filters. */
  public GenerationConfig(int maxTokens, double temperature, long seed) {
    this(maxTokens, temperature, 0, 1, 0, 1, List.of(), seed);
  }

  /** Returns whether logits, in float32, can be divided by a value: 1e-50 would be 0. */
  public static boolean isPenalty(double value) {
    return (float) value > 0 && Float.isFinite((float) value);
  }

  private static void require(boolean holds, String name, String expected, Object found) {
    if (!holds) {
      throw new ModelException(name + ": expected " + expected + ", found " + found);
    }
  }

  /** Returns whether the most likely token is chosen, without any logit changed. */
  private boolean isPlainGreedy() {
    return temperature == 0 && repetitionPenalty == 1;
  }

  /**
   * Appends {@code prompt} to a sequence, then generates. Stops at {@code maxTokens}, at the end of
   * the model's context, before an id for which {@code stop} is true, or after one for which {@code
   * more} is false.
   *
   * @param prompt at least one id
   * @param more receives every new id; returns whether to generate another
   * @return the new ids
   */
  int[] run(GrowingSequence sequence, int[] prompt, IntPredicate stop, IntPredicate more) {
    TokenSampler sampler = new TokenSampler(this);
    List<Integer> ids = new ArrayList<>();
    int[] input = prompt;
    while (ids.size() < maxTokens && (ids.isEmpty() || !sequence.isFull())) {
      int next =
          isPlainGreedy() ? sequence.greedy(input) : sampler.next(input, sequence.logits(input));
      if (stop.test(next)) {
        break;
      }
      ids.add(next);
      if (!more.test(next)) {
        break;
      }
      input = new int[] {next};
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
