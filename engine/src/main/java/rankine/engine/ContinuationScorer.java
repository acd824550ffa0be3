package rankine.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.ModelException;
import rankine.engine.icl.EncodedExample;
import rankine.engine.icl.PromptEncoder;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/** Scores texts as continuations of one prompt, whose keys and values are computed once. */
final class ContinuationScorer {
  private ContinuationScorer() {}

  /**
   * Returns {@code texts} with their log-probabilities, in order.
   *
   * @throws rankine.common.TaskException if the prompt has no token
   * @throws ModelException for an empty text, or more tokens than the context has
   */
  static List<Continuation> score(LoadedModel loaded, String prompt, List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    if (texts.contains("")) {
      throw new ModelException("continuation: expected text, found an empty one");
    }
    EncodedExample encoded =
        PromptEncoder.forLikelihood(loaded.tokenizer()).encode("prompt", prompt, texts);
    // The last token of a continuation is scored, and needs no position of its own.
    int longest = encoded.continuations().stream().mapToInt(one -> one.length).max().orElseThrow();
    int positions = encoded.prompt().length + longest - 1;
    int context = loaded.model().config().contextLength();
    if (positions > context) {
      throw new ModelException(
          "context: expected at most %d tokens of prompt and continuation, found %d"
              .formatted(context, positions));
    }
    int[] ids = encoded.prompt();
    int last = ids.length - 1;
    List<Continuation> scored = new ArrayList<>();
    try (Session session = loaded.scoringSession();
        KvCache prefix = session.sequence()) {
      session.append(prefix, Arrays.copyOf(ids, last));
      for (int i = 0; i < texts.size(); i++) {
        int[] continuation = encoded.continuations().get(i);
        try (KvCache cache = prefix.fork()) {
          double logProbability = sum(session, cache, ids[last], continuation);
          List<Integer> scoredIds = Arrays.stream(continuation).boxed().toList();
          scored.add(new Continuation(texts.get(i), scoredIds, logProbability));
        }
      }
    }
    return scored;
  }

  /**
   * Sums the log-probabilities of {@code continuation}: those after its first token, then the first
   * one, which is the order of an evaluation, so that both have the same bits.
   *
   * @param before the prompt's last id, which {@code cache} lacks
   */
  private static double sum(Session session, KvCache cache, int before, int[] continuation) {
    int rows = Math.min(session.maxRows(), session.maxLogitRows());
    double first = 0;
    double rest = 0;
    for (int from = 0; from < continuation.length; from += rows) {
      int count = Math.min(rows, continuation.length - from);
      int[] input = new int[count];
      int[] logitRows = new int[count];
      int[][] targets = new int[count][];
      for (int row = 0; row < count; row++) {
        input[row] = from + row == 0 ? before : continuation[from + row - 1];
        logitRows[row] = row;
        targets[row] = new int[] {continuation[from + row]};
      }
      Batch batch = new Batch(List.of(new Batch.Sequence(cache, input)), logitRows);
      double[][] scores = session.logProbabilities(batch, targets);
      for (int row = 0; row < count; row++) {
        if (from + row == 0) {
          first = scores[row][0];
        } else {
          rest += scores[row][0];
        }
      }
    }
    return first + rest;
  }
}
