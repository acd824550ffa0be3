package rankine.engine.run;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import rankine.common.ModelException;

/**
 * Draws the next token of one text from its logits.
 *
 * <p>The order of the filters is that of Hugging Face's transformers: repetition penalty,
 * temperature, top-k, top-p, min-p. Each later filter sees the probabilities that the earlier ones
 * left, renormalised. Tokens are ordered by their logit, ties by lower id, so that top-k keeps
 * exactly K (transformers keeps all that tie with the K-th).
 *
 * <p>The same logits and seed give the same tokens on every machine: exponentials are those of
 * {@link StrictMath}, sums are in float64 in the order of the ids (of the ranks, for top-p), and
 * random numbers those of {@link Random}, whose algorithm its specification fixes. Every token
 * takes one of them.
 *
 * <p>Not thread-safe: it remembers the tokens of its text.
 */
public final class TokenSampler {
  private final GenerationConfig config;
  private final Random random;
  private final BitSet seen = new BitSet();

  /** A sampler of one text. */
  public TokenSampler(GenerationConfig config) {
    this.config = config;
    this.random = new Random(mix(config.seed()));
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

  /**
   * Returns the next token.
   *
   * @param added the tokens of the text that were not given before
   * @param logits [vocabSize]; the repetition penalty is applied in place
   * @throws ModelException if one is NaN, or the largest is infinite
   */
  public int next(int[] added, float[] logits) {
    for (int id : added) {
      seen.set(id);
    }
    penalize(logits);
    return config.temperature() == 0 ? mostLikely(logits) : draw(weights(logits));
  }

  private int draw(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double remaining = random.nextDouble() * sum;
    int last = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) {
        remaining -= weights[id];
        last = id;
        if (remaining < 0) {
          break;
        }
      }
    }
    return last;
  }

  private void penalize(float[] logits) {
    if (config.repetitionPenalty() == 1) {
      return;
    }
    float penalty = (float) config.repetitionPenalty();
    for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
      logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
    }
  }

  private static int mostLikely(float[] logits) {
    int best = 0;
    for (int id = 0; id < logits.length; id++) {
      requireNumber(logits[id]);
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  /**
   * Returns a weight per token, proportional to its probability after temperature and filters; 0
   * for tokens that a filter removes.
   */
  double[] weights(float[] logits) {
    double max = logits[mostLikely(logits)];
    if (Double.isInfinite(max)) {
      throw new ModelException("logits: expected finite numbers, found " + max);
    }
    double[] weights = new double[logits.length];
    for (int id = 0; id < logits.length; id++) {
      weights[id] = StrictMath.exp((logits[id] - max) / config.temperature());
    }
    boolean topK = config.topK() > 0 && config.topK() < logits.length;
    if (topK || config.topP() < 1) {
      int[] order = order(logits);
      int kept = topK ? config.topK() : logits.length;
      if (config.topP() < 1) {
        kept = nucleus(weights, order, kept);
      }
      for (int rank = kept; rank < order.length; rank++) {
        weights[order[rank]] = 0;
      }
    }
    // The most likely token, which every filter keeps, has weight exp(0) = 1.
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] < config.minP()) {
        weights[id] = 0;
      }
    }
    return weights;
  }

  /**
   * Returns how many of the first {@code count} tokens top-p keeps, at least one: those for which
   * the more likely ones have less than P together.
   */
  private int nucleus(double[] weights, int[] order, int count) {
    double total = 0;
    for (int rank = 0; rank < count; rank++) {
      total += weights[order[rank]];
    }
    double before = 0;
    for (int rank = 0; rank < count; rank++) {
      if (rank > 0 && before >= config.topP() * total) {
        return rank;
      }
      before += weights[order[rank]];
    }
    return count;
  }

  /** Returns the ids by decreasing logit, ties by lower id. */
  private static int[] order(float[] logits) {
    // Sort numbers, not objects: the high half orders like the negated logit, the low half is the
    // id. Adding 0 makes -0 equal to 0.
    long[] keys = new long[logits.length];
    for (int id = 0; id < logits.length; id++) {
      int bits = Float.floatToIntBits(logits[id] + 0f);
      int ascending = bits < 0 ? ~bits ^ Integer.MIN_VALUE : bits;
      keys[id] = ((long) ~ascending << 32) | id;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int rank = 0; rank < order.length; rank++) {
      order[rank] = (int) keys[rank];
    }
    return order;
  }

  private static void requireNumber(float logit) {
    if (Float.isNaN(logit)) {
      throw new ModelException(
          "logits: expected numbers, found NaN (weights that are not finite, or too large)");
    }
  }
}
