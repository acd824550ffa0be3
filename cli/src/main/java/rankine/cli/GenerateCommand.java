package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.run.GeneratedText;
import rankine.engine.run.GenerationConfig;
import rankine.engine.run.LoadedModel;

/** {@code generate}: continues a prompt, streaming the text. */
@Command(
    name = "generate",
    sortOptions = false,
    customSynopsis = {
      "rankine generate --model=DIR (--prompt=TEXT | --ids=ID[,ID...])",
      "      [--temperature=T [--seed=S]] [--stop=TEXT]... [OPTIONS]"
    },
    description = {
      "Continue a prompt.",
      "Prints the prompt, then the generated text as it is decoded; after a prompt of ids the text"
          + " alone, or the new ids if the checkpoint has no tokenizer. Ends at the end-of-text ids"
          + " of generation_config.json, or config.json, and of the tokenizer.",
      "Filters apply in the order of Hugging Face's transformers: repetition penalty, temperature,"
          + " top-k, top-p, min-p."
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder.")
  Path model;

  @ArgGroup(multiplicity = "1")
  PromptInput input;

  @Mixin SamplingOptions sampling;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    GenerationConfig config = sampling.config(common);
    try (LoadedModel loaded = LoadedModel.open(model, common.backendOptions())) {
      int[] ids = input.ids(loaded);
      GeneratedText done;
      if (common.json()) {
        done = GeneratedText.run(loaded, ids, config, piece -> {});
        loaded.checkpoint().checkUnchanged();
        StandardOutput.document(json(ids, done));
      } else {
        Streamed out = new Streamed(input.prompt == null ? "" : input.prompt);
        done = GeneratedText.run(loaded, ids, config, out::add);
        out.end(loaded.hasTokenizer() ? "" : words(done.ids()));
        loaded.checkpoint().checkUnchanged();
      }
      common.remark(speed(done.speed()));
    }
    return 0;
  }

  private static String words(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
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

  private ObjectNode json(int[] prompt, GeneratedText done) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (input.prompt != null) {
      json.put("prompt", input.prompt);
    }
    add(json.putArray("prompt_ids"), prompt);
    json.put("text", done.text());
    add(json.putArray("ids"), done.ids());
    return json;
  }

  private static void add(ArrayNode array, int[] ids) {
    for (int id : ids) {
      array.add(id);
    }
  }
}
