package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.Scorer;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/**
 * A scorer over a session. The shared prefix is prefilled once and its KV cache forked for each
 * query; the prompts of all queries are batched; a continuation of several tokens forks its
 * prompt's cache again. Logits are computed only for rows at which a token is scored.
 */
public final class SessionScorer implements Scorer {
  private final Session session;

  /** Scores with {@code session}, which the caller closes. */
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

    // The prompts scored each continuation's first token; the other tokens need its own rows.
    List<ScoringRequest> tails = new ArrayList<>();
    List<int[]> owners = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      List<int[]> continuations = queries.get(q).continuations();
      double[] first = prompts.get(q).lastRow();
      for (int c = 0; c < continuations.size(); c++) {
        scores.get(q)[c] = first[c];
        if (continuations.get(c).length > 1) {
          tails.add(
              ScoringRequest.continuation(prompts.get(q).cache().fork(), continuations.get(c)));
          owners.add(new int[] {q, c});
        }
      }
    }
    Batcher.run(session, tails);
    for (int i = 0; i < tails.size(); i++) {
      scores.get(owners.get(i)[0])[owners.get(i)[1]] += tails.get(i).sum();
    }
    tails.forEach(tail -> tail.cache().close());
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
