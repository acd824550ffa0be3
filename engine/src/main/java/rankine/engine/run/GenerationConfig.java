package rankine.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import rankine.common.ModelException;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/**
 * Sampling parameters of text generation.
 *
 * @param maxTokens most new tokens
 * @param temperature 0 decodes greedily; above 0, tokens are sampled from {@code softmax(logits /
 *     temperature)}
 * @param seed of the sampling: the same seed gives the same text on one backend
 */
public record GenerationConfig(int maxTokens, double temperature, long seed) {

  /**
   * Checks the parameters.
   *
   * @throws ModelException if one is negative, infinite or NaN
   */
  public GenerationConfig {
    if (maxTokens < 0) {
      throw new ModelException("max-tokens: expected 0 or more, found " + maxTokens);
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new ModelException("temperature: expected 0 or more, found " + temperature);
    }
  }

  /**
   * Appends {@code prompt} to a sequence, then generates. Stops at {@code maxTokens}, at the end of
   * the model's context, or before an id for which {@code stop} is true.
   *
   * @param prompt at least one id
   * @param each receives every new id
   * @return the new ids
   */
  public int[] run(
      Session session, KvCache cache, int[] prompt, IntPredicate stop, IntConsumer each) {
    Random random = new Random(mix(seed));
    List<Integer> ids = new ArrayList<>();
    int[] input = prompt;
    int context = session.model().config().contextLength();
    while (ids.size() < maxTokens && (ids.isEmpty() || cache.length() < context)) {
      int next =
          temperature == 0
              ? session.greedy(cache, input)
              : draw(session.logits(cache, input), random.nextDouble());
      if (stop.test(next)) {
        break;
      }
      ids.add(next);
      each.accept(next);
      input = new int[] {next};
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Mixes every bit of the seed into every other, as SplitMix64 does. {@link Random} alone starts
   * almost the same for seeds 0, 1, 2, …, and their texts would start the same too.
   */
  private static long mix(long seed) {
    long z = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Returns the id at {@code point} in [0, 1) of the cumulative softmax distribution. */
  private int draw(float[] logits, double point) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      weights[i] = Math.exp((logits[i] - max) / temperature);
      sum += weights[i];
    }
    if (Double.isNaN(sum)) {
      throw new ModelException(
          "logits: expected numbers, found NaN (weights that are not finite, or too large)");
    }
    double remaining = point * sum;
    for (int i = 0; i < logits.length; i++) {
      remaining -= weights[i];
      if (remaining < 0) {
        return i;
      }
    }
    return logits.length - 1;
  }
}
