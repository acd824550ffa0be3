package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.Scorer;

/** A language model that writes down what it is asked, prefix and prompts, and passes it on. */
final class PromptRecorder implements Scorer {
  private final Scorer asked;
  private final List<TextSpan> passages = new ArrayList<>();

  PromptRecorder(Scorer asked) {
    this.asked = asked;
  }

  /** What was asked so far. */
  List<TextSpan> passages() {
    return List.copyOf(passages);
  }

  private record Recorded(Prefix prefix, int passage) implements Prefix {
    @Override
    public int length() {
      return prefix.length();
    }

    @Override
    public void close() {
      prefix.close();
    }
  }

  @Override
  public int contextLength() {
    return asked.contextLength();
  }

  @Override
  public Prefix prefill(int[] ids) {
    Prefix prefix = asked.prefill(ids);
    if (ids.length == 0) {
      return new Recorded(prefix, TextSpan.NONE);
    }
    passages.add(new TextSpan(TextSpan.NONE, ids));
    return new Recorded(prefix, passages.size() - 1);
  }

  @Override
  public List<double[]> logLikelihoods(Prefix prefix, List<Query> queries) {
    Recorded known = (Recorded) prefix;
    queries.forEach(query -> passages.add(new TextSpan(known.passage, query.prompt())));
    return asked.logLikelihoods(known.prefix, queries);
  }

  @Override
  public int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop) {
    Recorded known = (Recorded) prefix;
    passages.add(new TextSpan(known.passage, prompt));
    return asked.greedy(known.prefix, prompt, maxTokens, stop);
  }
}
