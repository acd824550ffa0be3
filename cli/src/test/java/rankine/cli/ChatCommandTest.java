package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code generate --chat} and {@code prompts --chat}. */
class ChatCommandTest {
  private static Path chatModel(Path folder) throws IOException {
    Cli.copy(TestData.model("stories260K"), folder);
    Files.copy(TestData.chat("mistral.jinja"), folder.resolve("chat_template.jinja"));
    return folder;
  }

  @Test
  void generateContinuesTheRenderedConversation(@TempDir Path temp) throws IOException {
    Path model = chatModel(temp.resolve("model"));
    Object[] command = {
      "generate",
      "--model",
      model,
      "--chat",
      "--system",
      "Be kind.",
      "--prompt",
      "A story?",
      "--max-tokens",
      12,
      "--quiet",
      "--format",
      "json"
    };
    JsonNode found = Cli.run(command).json();
    assertEquals("A story?", found.get("prompt").textValue());
    assertEquals("<s>[INST] Be kind.\n\nA story?[/INST]", found.get("rendered").textValue());
    JsonNode ids = found.get("prompt_ids");
    assertEquals(1, ids.get(0).intValue());
    assertFalse(ids.get(1).intValue() == 1, "BOS is doubled");
    command[command.length - 1] = "text"; // the answer alone
    assertEquals(found.get("text").textValue() + System.lineSeparator(), Cli.run(command).out());
  }

  @Test
  void promptsRendersEachPromptAsAUserTurn(@TempDir Path temp) throws IOException {
    Path model = chatModel(temp.resolve("model"));
    Object[] plain = {
      "prompts", "--task", "cb", "--data", TestData.task("cb"), "--limit", 1, "--shots", 1
    };
    Object[] chat = {
      "prompts",
      "--task",
      "cb",
      "--data",
      TestData.task("cb"),
      "--limit",
      1,
      "--shots",
      1,
      "--chat",
      "--model",
      model
    };
    JsonNode expected = Cli.run(plain).json();
    JsonNode found = Cli.run(chat).json();
    assertEquals(
        "<s>[INST] " + expected.get("prompt").textValue() + "[/INST]",
        found.get("prompt").textValue());
    assertEquals(expected.get("choices"), found.get("choices"));
  }

  @Test
  void faults(@TempDir Path temp) throws IOException {
    Path model = TestData.model("stories260K");
    Cli.run("generate", "--model", model, "--chat", "--prompt", "a")
        .failed("stories260K: chat_template: expected one in chat_template.jinja", "none");
    Path refusing = Cli.copy(model, temp.resolve("model"));
    Files.writeString(
        refusing.resolve("chat_template.jinja"),
        "{% if messages[0].role == 'system' %}{{ raise_exception('No system turns') }}{% endif %}");
    Cli.run("generate", "--model", refusing, "--chat", "--system", "b", "--prompt", "a")
        .failed("chat_template.jinja: chat_template: expected", "found No system turns");
    // A template may render nothing: a model cannot continue that.
    Cli.Outcome empty = Cli.run("generate", "--model", refusing, "--chat", "--prompt", "a");
    empty.failed("prompt: expected at least one token");
    assertTrue(empty.err().startsWith("rankine: "), empty.err());
  }
}
