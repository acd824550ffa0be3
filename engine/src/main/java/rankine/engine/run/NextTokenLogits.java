package rankine.engine.run;

import java.util.Comparator;
import java.util.stream.IntStream;
import rankine.common.ModelException;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/**
 * What a model says after a prompt.
 *
 * @param logits [vocabSize], after the prompt's last token
 * @param greedy the most likely tokens to follow, one after the other
 */
public record NextTokenLogits(float[] logits, int[] greedy) {

  /**
   * Runs a prompt.
   *
   * @param ids at least one
   * @param greedy tokens to continue with; fewer come out where the model's context ends
   */
  public static NextTokenLogits after(LoadedModel loaded, int[] ids, int greedy) {
    if (greedy < 0) {
      throw new ModelException("greedy: expected 0 or more, found " + greedy);
    }
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      float[] logits = session.logits(cache, ids);
      checkNumbers(logits);
      if (greedy == 0) {
        return new NextTokenLogits(logits, new int[0]);
      }
      int first = largest(logits);
      if (cache.length() == session.model().config().contextLength()) {
        return new NextTokenLogits(logits, new int[] {first});
      }
      Generation rest = new Generation(greedy - 1, 0, 0);
      int[] others = rest.run(session, cache, new int[] {first}, id -> false, id -> {});
      return new NextTokenLogits(
          logits, IntStream.concat(IntStream.of(first), IntStream.of(others)).toArray());
    }
  }

  private static void checkNumbers(float[] logits) {
    for (int id = 0; id < logits.length; id++) {
      if (Float.isNaN(logits[id])) {
        throw new ModelException(
            "logit %d: expected numbers, found NaN (weights that are not finite, or too large)"
                .formatted(id));
      }
    }
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The {@code count} ids with the largest logits, largest first; of equals the smaller id. */
  public int[] top(int count) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
