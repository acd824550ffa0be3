package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code generate}: where its prompt comes from, and why its text ends. */
class GenerateCommandTest {
  private static final Path STORIES = TestData.model("stories260K");

  @TempDir Path folder;

  private static JsonNode generate(Object... options) {
    List<Object> args = new ArrayList<>(List.of("generate", "--model", STORIES, "--quiet"));
    args.addAll(List.of(options));
    args.addAll(List.of("--format", "json"));
    return Cli.run(args.toArray()).json();
  }

  @Test
  void aPromptComesFromAFileOrStandardInput() throws IOException {
    JsonNode given = generate("--prompt", "Zoë had\na", "--max-tokens", 6);
    Path file = Files.writeString(folder.resolve("prompt.txt"), "Zoë had\na\n");
    assertEquals(given, generate("--prompt-file", file, "--max-tokens", 6));
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("Zoë had\na".getBytes(StandardCharsets.UTF_8)));
      assertEquals(given, generate("--prompt-file", "-", "--max-tokens", 6));
      System.setIn(new ByteArrayInputStream(new byte[] {'a', (byte) 0xE2}));
      Cli.run("generate", "--model", STORIES, "--prompt-file", "-")
          .failed("standard input: expected UTF-8");
    } finally {
      System.setIn(before);
    }
    Cli.run("generate", "--model", STORIES, "--prompt-file", folder.resolve("none")).failed("none");
    Cli.run("generate", "--model", STORIES, "--prompt-file", file, "--ids", "1")
        .misused("--prompt-file", "--ids");
  }

  @Test
  void theModelsOwnEndOfTextIsOne() throws IOException {
    JsonNode ids = generate("--prompt", "Once upon a time", "--max-tokens", 8).get("ids");
    Path model = Cli.copy(STORIES, folder.resolve("model"));
    Files.writeString(
        model.resolve("generation_config.json"), "{\"eos_token_id\": %s}".formatted(ids.get(7)));
    JsonNode found =
        Cli.run("generate", "--model", model, "--prompt", "Once upon a time", "--format", "json")
            .json();
    assertEquals("end_of_text", found.get("end").asText());
    assertTrue(found.get("ids").size() <= 7, "without the id that ends it");
  }

  @Test
  void theEndOfATextHasItsReason() {
    assertEquals("max_tokens", generate("--prompt", "Once", "--max-tokens", 3).get("end").asText());
    JsonNode stopped = generate("--prompt", "Once upon a time", "--stop", ".");
    assertEquals("stop_string", stopped.get("end").asText());
    assertTrue(stopped.get("ids").size() < 200, "before the maximum");

    int context =
        Cli.run("inspect", "--model", STORIES, "--format", "json")
            .json()
            .at("/sizes/context_length")
            .intValue();
    JsonNode all = generate("--prompt", "Once upon a time", "--max-tokens", 2000);
    assertEquals("context", all.get("end").asText(), all.get("text").asText());
    assertEquals(context, all.get("prompt_ids").size() + all.get("ids").size() - 1);

    Cli.Outcome text =
        Cli.run("generate", "--model", STORIES, "--prompt", "Once", "--max-tokens", 3);
    assertTrue(text.err().contains("ended: the maximum of --max-tokens"), text.err());
  }
}
