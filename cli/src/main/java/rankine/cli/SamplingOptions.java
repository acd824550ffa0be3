package rankine.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import rankine.engine.run.GenerationConfig;

/** Options of text generation: its length, its sampling and what ends it. */
final class SamplingOptions {
  @Option(
      names = "--max-tokens",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "Maximum number of new tokens (default: ${DEFAULT-VALUE}).")
  int maxTokens = 200;

  @Option(
      names = "--temperature",
      converter = RangeConverters.Temperature.class,
      paramLabel = "T",
      description =
          "Sampling temperature; 0 is greedy decoding, the most likely token (default: 0).")
  double temperature;

  @Option(
      names = "--top-k",
      converter = RangeConverters.Natural.class,
      paramLabel = "K",
      description = "Sample from the K most likely tokens; 0 is all (default: 0).")
  int topK;

  @Option(
      names = "--top-p",
      converter = RangeConverters.TopP.class,
      paramLabel = "P",
      description =
          "Sample from the fewest most likely tokens that together have probability P (default:"
              + " 1, all).")
  double topP = 1;

  @Option(
      names = "--min-p",
      converter = RangeConverters.MinP.class,
      paramLabel = "P",
      description =
          "Sample from tokens at least P times as likely as the most likely one (default: 0, all).")
  double minP;

  @Option(
      names = "--repetition-penalty",
      converter = RangeConverters.Penalty.class,
      paramLabel = "R",
      description =
          "Divide positive logits of tokens that the text has by R, multiply negative ones; also"
              + " in greedy decoding (default: 1, none).")
  double repetitionPenalty = 1;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description =
          "End before this text; repeatable. It is not printed. A line break is $'\\n' in bash.")
  List<String> stop = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the sampling (default: ${DEFAULT-VALUE}).")
  long seed;

  GenerationConfig config(CommonOptions common) {
    if (temperature == 0 && (topK > 0 || topP < 1 || minP > 0)) {
      common.remark("--top-k, --top-p and --min-p have no effect at --temperature 0 (greedy)");
    }
    return UsageException.request(
        () ->
            new GenerationConfig(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed));
  }
}
