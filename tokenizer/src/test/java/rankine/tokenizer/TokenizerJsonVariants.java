package rankine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Variants of two small tokenizer.json files. */
final class TokenizerJsonVariants {
  private static final Map<String, String> BASES =
      Map.of("demo", Fixtures.DEMO, "stories", Fixtures.STORIES);

  private TokenizerJsonVariants() {}

  /** A mutable copy of the tokenizer.json of "demo" (byte-level) or "stories" (byte fallback). */
  static ObjectNode base(String name) throws IOException {
    Path file = Fixtures.folder(BASES.get(name)).resolve("tokenizer.json");
    return (ObjectNode) Fixtures.MAPPER.readTree(Files.readAllBytes(file));
  }

  /**
   * Builds a variant that reference.jsonl describes: {@code patch} replaces top-level parts, but
   * the fields of its "model" replace single fields; {@code drop} removes pieces from the
   * vocabulary; {@code reverseMerges} reverses the merges.
   */
  static ObjectNode variant(JsonNode description) throws IOException {
    ObjectNode json = base(description.get("base").textValue());
    ObjectNode model = (ObjectNode) json.get("model");
    description
        .get("patch")
        .properties()
        .forEach(
            part -> {
              if (part.getKey().equals("model")) {
                model.setAll((ObjectNode) part.getValue());
              } else {
                json.set(part.getKey(), part.getValue());
              }
            });
    for (JsonNode piece : description.path("drop")) {
      ((ObjectNode) model.get("vocab")).remove(piece.textValue());
    }
    if (description.path("reverseMerges").booleanValue()) {
      ArrayNode reversed = Fixtures.MAPPER.createArrayNode();
      model.get("merges").forEach(merge -> reversed.insert(0, merge));
      model.set("merges", reversed);
    }
    return json;
  }

  static Tokenizer load(Path folder, JsonNode json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    return Tokenizers.load(folder);
  }
}
