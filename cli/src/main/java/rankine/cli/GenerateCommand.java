package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
    description = {
      "Continue a prompt.",
      "Prints the prompt, then the generated text as it is decoded."
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder.")
  Path model;

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "Prompt text.")
  String prompt;

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
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the sampling (default: ${DEFAULT-VALUE}).")
  long seed;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    GenerationConfig config = new GenerationConfig(maxTokens, temperature, seed);
    try (LoadedModel loaded = LoadedModel.open(model, common.backendOptions())) {
      if (common.json()) {
        GeneratedText done = GeneratedText.run(loaded, prompt, config, piece -> {});
        loaded.checkpoint().checkUnchanged();
        StandardOutput.document(json(done));
      } else {
        Streamed out = new Streamed(prompt);
        GeneratedText.run(loaded, prompt, config, out::add);
        out.end();
        loaded.checkpoint().checkUnchanged();
      }
    }
    return 0;
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

    void end() {
      out.println(before);
    }
  }

  private ObjectNode json(GeneratedText done) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("prompt", prompt);
    json.put("text", done.text());
    ArrayNode ids = json.putArray("ids");
    for (int id : done.ids()) {
      ids.add(id);
    }
    return json;
  }
}
