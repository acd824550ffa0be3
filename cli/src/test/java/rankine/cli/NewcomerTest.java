package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** What someone tries in a first hour: other names, help, a task of one's own. */
class NewcomerTest {
  private static final Path STORIES = TestData.model("stories260K");

  @TempDir Path folder;

  @Test
  void helpWithACommandIsItsHelp() {
    assertEquals(Cli.run("logits", "--help").out(), Cli.run("help", "logits").out());
    assertEquals(Cli.run("--help").out(), Cli.run("help").out());
  }

  @Test
  void matricesHaveTheNamesOfTheirCheckpoints() {
    String[][] names = {
      {"gate_proj", "fc_in"}, {"up_proj", "fc_up"}, {"down_proj", "fc_out"}, {"o_proj", "out_proj"}
    };
    for (String[] pair : names) {
      assertEquals(logits("0:" + pair[1] + ":0.5"), logits("0:" + pair[0] + ":0.5"), pair[0]);
    }
  }

  private static JsonNode logits(String edit) {
    return Cli.run(
            "logits", "--model", STORIES, "--ids", "1,403", "--edit", edit, "--format", "json")
        .json();
  }

  @Test
  void singularAndPluralOptionsAreTheSame() {
    assertEquals(
        Cli.run("spectrum", "--model", STORIES, "--layer", "1", "--module", "q_proj").out(),
        Cli.run("spectrum", "--model", STORIES, "--layers", "1", "--modules", "q_proj").out());
  }

  @Test
  void aMisspelledWordIsNamedWithTheOneThatWasMeant() {
    Cli.run("serch", "--model", STORIES).misused("'serch'; did you mean", "search");
    Cli.run("eval", "--modle", STORIES).misused("'--modle'; did you mean", "--model");
    Cli.run("eval", "--model", STORIES, "--task", "cb").misused("--data=DIR");
  }

  @Test
  void weightsOfAnotherFormatAreNamed() throws IOException {
    Files.copy(STORIES.resolve("config.json"), folder.resolve("config.json"));
    Files.createFile(folder.resolve("pytorch_model.bin"));
    Cli.run("logits", "--model", folder, "--ids", "1")
        .failed("model.safetensors", "found pytorch_model.bin", "save_pretrained");
  }

  @Test
  void topShowsTokensAndProbabilities() {
    JsonNode found =
        Cli.run(
                "logits",
                "--model",
                STORIES,
                "--prompt",
                "Once upon a",
                "--top",
                "512",
                "--format",
                "json")
            .json();
    assertEquals(512, found.get("top").size());
    assertEquals(" time", found.get("top").get(0).get("token").asText());
    double sum = 0;
    for (JsonNode token : found.get("top")) {
      sum += token.get("probability").doubleValue();
      assertEquals(
          found.get("last_logits").get(token.get("id").intValue()).floatValue(),
          token.get("logit").floatValue());
    }
    assertEquals(1, sum, 1e-9, "the whole vocabulary");
    assertTrue(
        Cli.run("logits", "--model", STORIES, "--prompt", "Once upon a", "--top", "1")
            .out()
            .contains("' time'"));
  }

  @Test
  void aTaskOfOnesOwnNeedsNoMoreThanTheStarter() throws IOException {
    Path task = folder.resolve("my-task.json");
    assertTrue(Cli.run("tasks", "--new", task).out().startsWith(task.toString()));
    Cli.run("tasks", "--new", task).failed("my-task.json", "--force");
    String[] labels = {"good", "bad", "mixed"};
    for (String split : List.of("train", "validation", "test")) {
      List<String> rows = new ArrayList<>();
      for (int i = 0; i < 18; i++) {
        rows.add("{\"text\": \"%s day %d\", \"label\": \"%s\"}".formatted(split, i, labels[i % 3]));
      }
      Files.write(folder.resolve(split + ".jsonl"), rows);
    }
    JsonNode found =
        Cli.run(
                "eval",
                "--model",
                STORIES,
                "--task",
                task,
                "--data",
                folder,
                "--shots",
                "1",
                "--format",
                "json")
            .json();
    assertEquals(18, found.get("n").intValue());
    assertEquals("only", found.get("version").asText());
  }
}
