package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.edit.EditPlan;
import rankine.engine.run.GeneratedText;
import rankine.engine.run.GenerationConfig;
import rankine.engine.run.LoadedModel;

/** {@code generate}: continues a prompt, streaming the text. */
@Command(
    name = "generate",
    sortOptions = false,
    customSynopsis = {
      "rankine generate --model=DIR (--prompt=TEXT | --prompt-file=FILE | --ids=ID[,ID...])",
      "      [--chat [--system=TEXT]] [--temperature=T [--seed=S]] [--stop=TEXT]... [OPTIONS]"
    },
    description = {
      "Continue a prompt.",
      "Prints the prompt, then the generated text as it is decoded; with --chat and after a prompt of"
          + " ids the text alone, or the new ids if the checkpoint has no tokenizer. Ends at the end-of-text ids"
          + " of generation_config.json, or config.json, and of the tokenizer.",
      "Filters apply in the order of Hugging Face's transformers: repetition penalty, temperature,"
          + " top-k, top-p, min-p."
    })
final class GenerateCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @ArgGroup(multiplicity = "1")
  PromptInput input;

  @Mixin ChatOptions chat;

  @Mixin SamplingOptions sampling;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    chat.check();
    if (chat.chat && input.ids != null) {
      throw new UsageException("--chat: expected with --prompt, found with --ids");
    }
    Optional<String> prompt = input.text();
    GenerationConfig config = sampling.config(common);
    EditPlan requested = edit.plan();
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      Optional<String> rendered =
          chat.chat
              ? prompt.map(chat.renderer(model.folder, loaded.tokenizer()))
              : Optional.empty();
      int[] ids =
          rendered.map(text -> loaded.tokenizer().encode(text)).orElseGet(() -> input.ids(loaded));
      EditPlan plan = edit.fitted(loaded, requested, common);
      LoadedModel edited = edit.applied(loaded, plan, common);
      GeneratedText done;
      if (common.json()) {
        try (Progress _ = Progress.untold("generating", common.quiet)) {
          done = GeneratedText.run(edited, ids, config, piece -> {});
        }
        loaded.checkpoint().checkUnchanged();
        StandardOutput.document(EditOptions.noted(json(prompt, rendered, ids, done), loaded, plan));
      } else {
        Streamed out = new Streamed(chat.chat ? "" : prompt.orElse(""));
        try (Progress waiting = Progress.untold("reading the prompt", common.quiet)) {
          done =
              GeneratedText.run(
                  edited,
                  ids,
                  config,
                  piece -> {
                    waiting.finish(); // before the text, which goes to the same terminal
                    out.add(piece);
                  });
        }
        out.end(loaded.hasTokenizer() ? "" : words(done.ids()));
        loaded.checkpoint().checkUnchanged();
      }
      common.remark(speed(done.speed()));
      common.remark("ended: " + reason(done.end()));
    }
    return 0;
  }

  private static String words(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  private static String reason(GeneratedText.TextEnd end) {
    return switch (end) {
      case END_OF_TEXT -> "the model ended the text";
      case STOP_STRING -> "a text of --stop";
      case MAX_TOKENS -> "the maximum of --max-tokens";
      case CONTEXT -> "the end of the model's context";
    };
  }

  private static String speed(GeneratedText.Speed speed) {
    return "%d tokens, %.1f tokens/s after the first; the prompt's %d took %.2f s"
        .formatted(
            speed.tokens(),
            speed.tokensPerSecond(),
            speed.promptTokens(),
            speed.promptNanos() * 1e-9);
  }

  /** Prints the prompt with the first piece of text: until then the run may still fail. */
  private static final class Streamed {
    private final PrintStream out = StandardOutput.stdout();
    private String before;

    Streamed(String prompt) {
      this.before = prompt;
    }

    void add(String piece) {
      out.print(before + piece);
      out.flush();
      before = "";
      StandardOutput.requireWritable();
    }

    void end(String last) {
      out.println(before + last);
    }
  }

  private static ObjectNode json(
      Optional<String> prompt, Optional<String> rendered, int[] promptIds, GeneratedText done) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    prompt.ifPresent(text -> json.put("prompt", text));
    rendered.ifPresent(text -> json.put("rendered", text));
    add(json.putArray("prompt_ids"), promptIds);
    json.put("text", done.text());
    add(json.putArray("ids"), done.ids());
    json.put("end", done.end().name().toLowerCase(Locale.ROOT));
    return json;
  }

  private static void add(ArrayNode array, int[] ids) {
    for (int id : ids) {
      array.add(id);
    }
  }
}
