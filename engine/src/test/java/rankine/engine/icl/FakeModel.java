package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * A scorer that scores each continuation by a function of all ids before it and its own, and
 * records its inputs.
 */
final class FakeModel implements Scorer {
  private final int context;
  private final ToDoubleBiFunction<int[], int[]> score;
  private final int[] reply;

  /** Every prefix prefilled. */
  final List<int[]> prefills = new ArrayList<>();

  /** Every whole prompt, prefix included. */
  final List<int[]> prompts = new ArrayList<>();

  /** The size of every batch. */
  final List<Integer> batches = new ArrayList<>();

  /** The number of prefixes not yet closed. */
  int open;

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Computed(FakeModel model, int[] ids) implements Prefix {
    @Override
    public int length() {
      return ids.length;
    }

    @Override
    public void close() {
      model.open--;
    }
  }

  private FakeModel(int context, ToDoubleBiFunction<int[], int[]> score, int[] reply) {
    this.context = context;
    this.score = score;
    this.reply = reply;
  }

  static FakeModel scoring(int context, ToDoubleBiFunction<int[], int[]> score) {
    return new FakeModel(context, score, new int[0]);
  }

  /** Scores that depend on every id, and on nothing else. */
  static FakeModel hashing(int context) {
    return scoring(
        context,
        (prompt, continuation) -> {
          int hash = Arrays.hashCode(prompt) * 31 + Arrays.hashCode(continuation);
          return -1 - Math.floorMod(hash * 0x9E3779B9, 1000) / 100.0;
        });
  }

  static FakeModel replying(int context, int[] reply) {
    return new FakeModel(context, (prompt, continuation) -> 0, reply);
  }

  @Override
  public int contextLength() {
    return context;
  }

  @Override
  public Prefix prefill(int[] ids) {
    prefills.add(ids.clone());
    open++;
    return new Computed(this, ids.clone());
  }

  @Override
  public List<double[]> logLikelihoods(Prefix prefix, List<Query> queries) {
    batches.add(queries.size());
    List<double[]> all = new ArrayList<>();
    for (Query query : queries) {
      int[] prompt = whole(prefix, query.prompt());
      prompts.add(prompt);
      double[] scores = new double[query.continuations().size()];
      for (int i = 0; i < scores.length; i++) {
        int[] continuation = query.continuations().get(i);
        check(continuation.length > 0, "an empty continuation");
        check(prompt.length + continuation.length <= context, "more than the context");
        scores[i] = score.applyAsDouble(prompt, continuation);
      }
      all.add(scores);
    }
    return all;
  }

  @Override
  public int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop) {
    int[] whole = whole(prefix, prompt);
    prompts.add(whole);
    check(whole.length + maxTokens <= context, "more than the context");
    int end = 0;
    while (end < Math.min(maxTokens, reply.length) && !stop.test(reply[end])) {
      end++;
    }
    return Arrays.copyOf(reply, end);
  }

  private static int[] whole(Prefix prefix, int[] prompt) {
    check(prompt.length > 0, "an empty prompt");
    return IntStream.concat(Arrays.stream(((Computed) prefix).ids()), Arrays.stream(prompt))
        .toArray();
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError("the model was given " + otherwise);
    }
  }
}
