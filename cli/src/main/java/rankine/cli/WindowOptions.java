package rankine.cli;

import picocli.CommandLine.Option;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.WindowMode;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.run.LoadedModel;

/** How a text is cut into windows. */
final class WindowOptions {
  @Option(
      names = "--context",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Tokens of a window (default: the model's context, at most 2048).")
  Integer context;

  @Option(
      names = "--stride",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Tokens from one window to the next; fewer than --context give each token more context"
              + " and cost more (default: --context).")
  Integer stride;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "keep (the last window may be short: Hugging Face), drop (it is left out: SVD-LLM) or"
              + " rolling (every token is scored: lm-evaluation-harness) (default: keep).")
  WindowMode mode;

  WindowProtocol protocol(LoadedModel loaded) {
    int tokens = context == null ? Perplexity.defaultContext(loaded) : context;
    return UsageException.request(
        () ->
            new WindowProtocol(
                tokens, stride == null ? tokens : stride, mode == null ? WindowMode.KEEP : mode));
  }
}
