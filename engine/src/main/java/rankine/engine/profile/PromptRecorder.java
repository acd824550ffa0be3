package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.Scorer;

/** A scorer that records prefixes and prompts and delegates to another scorer. */
final class PromptRecorder implements Scorer {
  private final Scorer scorer;
  private final List<TextSpan> spans = new ArrayList<>();

  PromptRecorder(Scorer scorer) {
    this.scorer = scorer;
  }

  /** Returns the recorded prefixes and prompts. */
  List<TextSpan> spans() {
    return List.copyOf(spans);
  }

  private record Recorded(Prefix prefix, int span) implements Prefix {
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
    return scorer.contextLength();
  }

  @Override
  public Prefix prefill(int[] ids) {
    Prefix prefix = scorer.prefill(ids);
    if (ids.length == 0) {
      return new Recorded(prefix, TextSpan.NONE);
    }
    spans.add(new TextSpan(TextSpan.NONE, ids));
    return new Recorded(prefix, spans.size() - 1);
  }

  @Override
  public List<double[]> logLikelihoods(Prefix prefix, List<Query> queries) {
    Recorded recorded = (Recorded) prefix;
    queries.forEach(query -> spans.add(new TextSpan(recorded.span, query.prompt())));
    return scorer.logLikelihoods(recorded.prefix, queries);
  }

  @Override
  public int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop) {
    Recorded recorded = (Recorded) prefix;
    spans.add(new TextSpan(recorded.span, prompt));
    return scorer.greedy(recorded.prefix, prompt, maxTokens, stop);
  }
}
