package rankine.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.common.TaskException;
import rankine.common.io.JsonLinesWriter;
import rankine.common.io.Shown;
import rankine.common.io.TextFile;
import rankine.engine.edit.EditPlan;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.run.LoadedModel;

/** {@code perplexity}: measures how well a model predicts a text. */
@Command(
    name = "perplexity",
    sortOptions = false,
    customSynopsis = {
      "rankine perplexity --model=DIR --text=FILE [--context=N] [--stride=N] [--mode=MODE]",
      "      [--edit=LAYER:MODULE:RATE]... [OPTIONS]"
    },
    description = {
      "Measure a model's perplexity on a text.",
      "The figure depends on context, stride, mode and BOS, which are printed with it: figures of"
          + " different protocols are not comparable. The text is one stream of tokens. Bits per"
          + " byte and word perplexity cover the whole text only in mode rolling; elsewhere the"
          + " first token of each window is missing from them."
    })
final class PerplexityCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "FILE",
      description = "UTF-8 text, read as it is.")
  Path text;

  @Mixin WindowOptions protocol;

  @Option(
      names = "--windows",
      paramLabel = "FILE",
      description =
          "Write one JSON line per window: its tokens and its negative log-likelihood (default: not"
              + " written).")
  Path windows;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the interval's bootstrap (default: ${DEFAULT-VALUE}).")
  long seed;

  @Mixin OutputOptions output;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan requested = edit.plan();
    TextFile read = TextFile.read(text);
    if (windows != null) {
      OutputOptions.requireOutside(windows, model.folder);
      output.check(windows, List.of(text, model.folder));
    }
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      WindowProtocol cut = protocol.protocol(loaded);
      EditPlan plan = edit.fitted(loaded, requested, common);
      LoadedModel edited = edit.applied(loaded, plan, common);
      Perplexity result = measure(edited, read, cut);
      if (common.json()) {
        StandardOutput.document(EditOptions.noted(result.toJson(), loaded, plan));
      } else {
        print(StandardOutput.stdout(), result);
        EditOptions.print(StandardOutput.stdout(), edited.original(), plan);
      }
    }
    return 0;
  }

  /** Closes the progress bar before the result is printed. */
  private Perplexity measure(LoadedModel loaded, TextFile read, WindowProtocol cut) {
    Optional<JsonLinesWriter> lines =
        Optional.ofNullable(windows)
            .map(file -> JsonLinesWriter.open(output.file(file), TaskException::new));
    try (Progress progress = new Progress("perplexity", "windows", common.quiet);
        JsonLinesWriter writer = lines.orElse(null)) {
      Perplexity result =
          Perplexity.of(
              loaded,
              read,
              cut,
              seed,
              (window, nll) ->
                  lines.ifPresent(
                      file ->
                          file.write(
                              JsonNodeFactory.instance
                                  .objectNode()
                                  .put("start", window.start())
                                  .put("first_scored", window.firstScored())
                                  .put("end", window.end())
                                  .put("scored", window.scored())
                                  .put("nll", nll))),
              progress);
      loaded.checkpoint().checkUnchanged();
      if (writer != null) {
        writer.commit();
      }
      return result;
    }
  }

  private static void print(PrintStream out, Perplexity result) {
    out.printf(
        "%s: perplexity %.4f  (95 %% interval %.4f to %.4f, %d windows resampled)%n",
        Shown.line(result.text().name()),
        result.perplexity(),
        result.interval().interval().lower(),
        result.interval().interval().upper(),
        result.windows());
    out.printf(
        "  %s; bos: %s%n  %d tokens scored of %d; %.6f nats per token%n",
        result.protocol(),
        result.bos(),
        result.scored(),
        result.ids().length,
        result.nllPerToken());
    out.printf(
        "  %.6f bits per byte, word perplexity %.4f (%d bytes, %d words)%n",
        result.bitsPerByte(), result.wordPerplexity(), result.text().bytes(), result.words());
  }
}
