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

/** {@code generate}: text that follows a prompt, as it comes. */
@Command(
    name = "generate",
    sortOptions = false,
    description = "Continues a prompt. The text is printed as it comes, the prompt first.")
final class GenerateCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The prompt.")
  String prompt;

  @Option(
      names = "--max-tokens",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "New tokens at most; ${DEFAULT-VALUE}.")
  int maxTokens = 200;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 (default) takes the most likely token; above, tokens are drawn.")
  double temperature;

  @Option(names = "--seed", paramLabel = "S", description = "Of the drawing; 0.")
  long seed;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    GenerationConfig config = new GenerationConfig(maxTokens, temperature, seed);
    try (LoadedModel loaded = LoadedModel.open(model, common.backendOptions())) {
      if (common.json()) {
        GeneratedText done = GeneratedText.run(loaded, prompt, config, piece -> {});
        StandardOutput.document(json(done));
      } else {
        Streamed out = new Streamed(prompt);
        GeneratedText.run(loaded, prompt, config, out::add);
        out.end();
      }
    }
    return 0;
  }

  /** The prompt and what follows. Nothing is printed before the first piece: it may be an error. */
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
