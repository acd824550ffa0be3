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
 * How to continue a prompt.
 *
 * @param maxTokens new tokens at most
 * @param temperature 0 takes the most likely token; above, tokens are drawn from {@code
 *     softmax(logits / temperature)}
 * @param seed of the drawing: the same seed gives the same text on one backend
 */
public record Generation(int maxTokens, double temperature, long seed) {

  /** Checks the numbers. */
  public Generation {
    if (maxTokens < 0) {
      throw new ModelException("max-tokens: expected 0 or more, found " + maxTokens);
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new ModelException("temperature: expected 0 or more, found " + temperature);
    }
  }

  /**
   * Appends to a sequence: first {@code prompt}, then what follows. Ends at {@code maxTokens}, at
   * the model's context, or before an id for which {@code stop} is true.
   *
   * @param prompt at least one id
   * @param each hears of every new id
   * @return the new ids
   */
  public int[] run(
      Session session, KvCache cache, int[] prompt, IntPredicate stop, IntConsumer each) {
    Random random = new Random(spread(seed));
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
   * Carries every bit of the seed into every other, as SplitMix64 does: {@link Random} alone begins
   * almost alike for 0, 1, 2, …, and so would their texts.
   */
  private static long spread(long seed) {
    long z = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The id at {@code point} in [0, 1) of the cumulative distribution. */
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
    double left = point * sum;
    for (int i = 0; i < logits.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return logits.length - 1;
  }
}
