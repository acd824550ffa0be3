package rankine.engine.run;

import java.util.Comparator;
import java.util.stream.IntStream;
import rankine.common.ModelException;

/**
 * The logits after a prompt, and its greedy continuation.
 *
 * @param logits [vocabSize], after the prompt's last token
 * @param greedy ids of the greedy continuation, in order
 */
public record NextTokenLogits(float[] logits, int[] greedy) {

  /**
   * Runs a prompt and decodes greedily.
   *
   * @param ids the prompt, at least one id
   * @param greedy number of tokens to decode; fewer are returned if the model's context ends first
   * @throws ModelException if {@code greedy} is negative or a logit is NaN
   */
  public static NextTokenLogits after(LoadedModel loaded, int[] ids, int greedy) {
    if (greedy < 0) {
      throw new ModelException("greedy: expected 0 or more, found " + greedy);
    }
    loaded.requireMemory((long) ids.length + greedy, "a shorter prompt or a smaller --greedy");
    try (GrowingSequence.Whole sequence = new GrowingSequence.Whole(loaded)) {
      float[] logits = sequence.logits(ids);
      requireNumbers(logits);
      if (greedy == 0) {
        return new NextTokenLogits(logits, new int[0]);
      }
      int first = argmax(logits);
      if (sequence.isFull()) {
        return new NextTokenLogits(logits, new int[] {first});
      }
      GenerationConfig rest = new GenerationConfig(greedy - 1, 0, 0);
      int[] others = rest.run(sequence, new int[] {first}, id -> false, id -> true);
      return new NextTokenLogits(
          logits, IntStream.concat(IntStream.of(first), IntStream.of(others)).toArray());
    }
  }

  private static void requireNumbers(float[] logits) {
    for (int id = 0; id < logits.length; id++) {
      if (Float.isNaN(logits[id])) {
        throw new ModelException(
            "logit %d: expected numbers, found NaN (weights that are not finite, or too large)"
                .formatted(id));
      }
    }
  }

  private static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns the probability of a token: the softmax over the whole vocabulary, in float64. */
  public double probability(int id) {
    return StrictMath.exp(logits[id] - logSumExp(logits));
  }

  /** Returns {@code log Σ exp(logits)} in float64; the logits are finite. */
  public static double logSumExp(float[] logits) {
    double max = logits[argmax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - max);
    }
    return max + StrictMath.log(sum);
  }

  /** Returns the {@code count} ids with the largest logits, in order; ties by smaller id. */
  public int[] top(int count) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
