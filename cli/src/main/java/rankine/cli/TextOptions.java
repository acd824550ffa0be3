package rankine.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.TextData;

/** A text to choose on and another to test on. */
final class TextOptions {
  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "UTF-8 text to choose on: the candidate with the lowest negative log-likelihood per token,"
              + " as perplexity measures it.")
  Path text;

  @Option(
      names = "--test-text",
      paramLabel = "FILE",
      description = "With --text: the text to test the choice on.")
  Path testText;

  @Mixin WindowOptions windows;

  /** Returns whether there are texts; refuses one without the other, and windows without any. */
  boolean areGiven() {
    if (text != null && testText == null) {
      throw new UsageException("--text: expected with --test-text, found none");
    }
    if (text == null) {
      Map<String, Object> others = new LinkedHashMap<>();
      others.put("--test-text", testText);
      others.put("--context", windows.context);
      others.put("--stride", windows.stride);
      others.put("--mode", windows.mode);
      others.forEach(
          (option, given) -> {
            if (given != null) {
              throw new UsageException(option + ": expected with --text, found none");
            }
          });
    }
    return text != null;
  }

  /** Reads the texts, if there are any. */
  Optional<TextData> read(LoadedModel loaded) {
    return areGiven()
        ? Optional.of(TextData.read(text, testText, windows.protocol(loaded)))
        : Optional.empty();
  }
}
