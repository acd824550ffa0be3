package rankine.benchmarks.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import rankine.engine.checkpoint.Checkpoint;

/** Converts a checkpoint folder to a GGUF file. */
public final class GgufConversion {
  private GgufConversion() {}

  /**
   * Writes the checkpoint in {@code folder} as {@code file}.
   *
   * @throws IllegalArgumentException for an architecture or a setting that has no conversion
   */
  public static void convert(Path folder, Path file) throws IOException {
    JsonNode config = config(folder);
    GgufLayout layout =
        layout(config)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s/config.json: model_type: expected gpt2 or llama, found %s"
                            .formatted(folder, config.path("model_type"))));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      GgufWriter.write(file, layout.metadata(), layout.tensors(checkpoint));
    }
  }

  private static JsonNode config(Path folder) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("config.json").toFile());
  }

  private static Optional<GgufLayout> layout(JsonNode config) {
    return switch (config.path("model_type").asText()) {
      case "llama" -> Optional.of(new LlamaGguf(config));
      case "gpt2" -> Optional.of(new Gpt2Gguf(config));
      default -> Optional.empty();
    };
  }
}
