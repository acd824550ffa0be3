package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.Scorer;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/**
 * A session as evaluations see it. The shared prefix is prefilled once and its cache forked for
 * each query; prompts of a batch go through the model together; continuations of several tokens
 * fork the prompt's cache in turn. Logits are computed only where a token is scored.
 */
public final class SessionScorer implements Scorer {
  private final Session session;

  /** Uses {@code session}, which stays the caller's to close. */
  public SessionScorer(Session session) {
    this.session = session;
  }

  private record CachedPrefix(KvCache cache) implements Prefix {
    @Override
    public int length() {
      return cache.length();
    }

    @Override
    public void close() {
      cache.close();
    }
  }

  @Override
  public int contextLength() {
    return session.model().config().contextLength();
  }

  @Override
  public Prefix prefill(int[] ids) {
    KvCache cache = session.sequence();
    session.append(cache, ids);
    return new CachedPrefix(cache);
  }

  @Override
  public List<double[]> logLikelihoods(Prefix prefix, List<Query> queries) {
    List<double[]> scores = new ArrayList<>();
    List<ScoringRequest> prompts = new ArrayList<>();
    for (Query query : queries) {
      scores.add(new double[query.continuations().size()]);
      prompts.add(ScoringRequest.prompt(cache(prefix).fork(), query));
    }
    Batcher.run(session, prompts);

    // The first token of each continuation is scored; the others follow their predecessors.
    List<ScoringRequest> rests = new ArrayList<>();
    List<int[]> owners = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      List<int[]> continuations = queries.get(q).continuations();
      double[] first = prompts.get(q).lastRow();
      for (int c = 0; c < continuations.size(); c++) {
        scores.get(q)[c] = first[c];
        if (continuations.get(c).length > 1) {
          rests.add(
              ScoringRequest.continuation(prompts.get(q).cache().fork(), continuations.get(c)));
          owners.add(new int[] {q, c});
        }
      }
    }
    Batcher.run(session, rests);
    for (int i = 0; i < rests.size(); i++) {
      scores.get(owners.get(i)[0])[owners.get(i)[1]] += rests.get(i).sum();
    }
    rests.forEach(rest -> rest.cache().close());
    prompts.forEach(prompt -> prompt.cache().close());
    return scores;
  }

  @Override
  public int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop) {
    int[] ids = new int[maxTokens];
    int count = 0;
    try (KvCache cache = cache(prefix).fork()) {
      int[] input = prompt;
      while (count < maxTokens && input.length <= contextLength() - cache.length()) {
        int next = session.greedy(cache, input);
        if (stop.test(next)) {
          break;
        }
        ids[count++] = next;
        input = new int[] {next};
      }
    }
    return Arrays.copyOf(ids, count);
  }

  private static KvCache cache(Prefix prefix) {
    return ((CachedPrefix) prefix).cache();
  }
}
