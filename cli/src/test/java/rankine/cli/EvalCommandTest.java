package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code eval}: the same bytes for every number of threads, the same predictions per backend. */
class EvalCommandTest {

  /** Each of several results is that of an evaluation of its task alone. */
  @Test
  void severalTasks(@TempDir Path folder) throws IOException {
    Path checkpoint = TestData.demo().resolve("checkpoint");
    List<Object> common =
        List.of("eval", "--model", checkpoint, "--limit", 6, "--edit", "5:mlp:0.9");
    Path file = folder.resolve("results.json");
    Path data = TestData.demo().resolve("data");
    List<Object> both = new ArrayList<>(common);
    both.addAll(List.of("--tasks", "demo-topic,demo-sentiment", "--data"));
    both.add("demo-topic=%1$s/topic,demo-sentiment=%1$s/sentiment".formatted(data));
    both.addAll(List.of("--output", file));
    Cli.Outcome text = Cli.run(both.toArray());
    assertEquals(0, text.code(), text.err());
    JsonNode results = new ObjectMapper().readTree(file.toFile()).get("results");
    assertEquals(2, results.size());
    for (int i = 0; i < 2; i++) {
      String name = List.of("topic", "sentiment").get(i);
      List<Object> one = new ArrayList<>(common);
      one.addAll(List.of("--task", "demo-" + name, "--data", data.resolve(name)));
      one.addAll(List.of("--format", "json"));
      assertEquals(Cli.run(one.toArray()).json(), results.get(i));
      assertTrue(text.out().contains("\n  demo-" + name + ":corrected "), text.out());
    }
    both.addAll(List.of("--predictions", folder.resolve("p"), "--force"));
    Cli.run(both.toArray()).misused("--predictions: expected with one task, found several");
    Cli.run("eval", "--model", checkpoint, "--task", "sst2,rte").misused("--data=DIR");
    Cli.run("eval", "--model", checkpoint, "--task", "demo-topic,nope", "--data", data)
        .misused("found 'nope'");
  }

  /**
   * The group {@code mmlu} of lm-evaluation-harness: of every subject's accuracy the mean, weighted
   * by the number of its questions.
   */
  @Test
  void foldersOfOneTask() throws IOException {
    List<String> rows = Files.readAllLines(TestData.task("mmlu").resolve("test.jsonl"));
    subject("zoology", rows.subList(0, 2));
    subject("anatomy", rows.subList(2, rows.size()));
    Files.createDirectories(folder.resolve("mmlu/notes"));
    JsonNode json = eval("mmlu", "--data", folder.resolve("mmlu"), "--format", "json").json();
    JsonNode results = json.get("results");
    assertEquals("anatomy", results.at("/0/folder").textValue());
    assertEquals("zoology", results.at("/1/folder").textValue());
    double weighted = 0;
    double total = 0;
    for (JsonNode result : results) {
      weighted += result.get("accuracy").doubleValue() * result.get("n").intValue();
      total += result.get("n").intValue();
    }
    JsonNode group = json.at("/groups/0");
    assertEquals("mmlu", group.get("task").textValue());
    assertEquals(2, group.get("folders").intValue());
    assertEquals(rows.size(), group.get("n").intValue());
    assertEquals(weighted / total, group.get("accuracy").doubleValue(), 1e-12);
    // The questions are the same as in one folder.
    JsonNode whole = eval("mmlu", "--data", TestData.task("mmlu"), "--format", "json").json();
    assertEquals(whole.get("correct"), group.get("correct"));
    assertEquals(whole.get("interval"), group.get("interval"));
    assertFalse(whole.has("folder"));

    Cli.Outcome text = eval("mmlu", "--data", folder.resolve("mmlu"));
    assertTrue(text.out().contains("\n  anatomy "), text.out());
    assertTrue(text.out().lines().toList().getLast().startsWith("  mmlu:corrected "), text.out());
    eval("mmlu", "--data", folder.resolve("mmlu"), "--predictions", folder.resolve("p"))
        .misused("--predictions: expected with one data folder, found several");
    eval("mmlu", "--data", folder.resolve("mmlu/notes")).failed("notes", "test.jsonl", "none");
  }

  private void subject(String name, List<String> rows) throws IOException {
    Path subject = Files.createDirectories(folder.resolve("mmlu").resolve(name));
    Files.write(subject.resolve("test.jsonl"), rows);
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  /** With the task's own data, unless {@code more} begins with others. */
  private Cli.Outcome eval(String task, Object... more) {
    boolean other = more.length > 0 && more[0].equals("--data");
    List<Object> common =
        new ArrayList<>(List.of("eval", "--model", TestData.model("stories260K")));
    common.addAll(List.of("--task", task, "--quiet"));
    if (!other) {
      common.addAll(List.of("--data", TestData.task(task)));
    }
    return Cli.run(Stream.concat(common.stream(), Arrays.stream(more)).toArray());
  }

  private List<JsonNode> predictions(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void resultHasItsKeys() {
    Cli.Outcome found = eval("sst2", "--limit", 20, "--format", "json");
    JsonNode json = found.json();
    assertEquals("", found.err());
    assertTrue(
        Cli.keys(json)
            .containsAll(
                Set.of(
                    "task",
                    "version",
                    "split",
                    "n",
                    "correct",
                    "accuracy",
                    "interval",
                    "confusion",
                    "seed",
                    "demonstrations",
                    "bos",
                    "notes",
                    "manifest")));
    assertEquals(20, json.get("n").intValue());
    assertEquals("corrected", json.get("version").textValue());
    assertEquals("test", json.get("split").textValue());
    assertEquals(json.get("correct").intValue() / 20.0, json.get("accuracy").doubleValue(), 1e-12);
  }

  /** The shots that fit the context are determined on the whole split. */
  @Test
  void theLimitDoesNotChangeThePrompts() {
    JsonNode few = eval("sst2", "--limit", 2, "--format", "json").json();
    JsonNode more = eval("sst2", "--limit", 20, "--format", "json").json();
    assertEquals(few.get("shots_used"), more.get("shots_used"));
    assertEquals(few.get("demonstrations"), more.get("demonstrations"));
  }

  @Test
  void sameBytesForEveryNumberOfThreads() throws IOException {
    byte[] expected = null;
    for (int threads = 1; threads <= 3; threads++) {
      Path file = folder.resolve(threads + ".jsonl");
      assertEquals(
          0, eval("sst2", "--limit", 20, "--threads", threads, "--predictions", file).code());
      byte[] found = Files.readAllBytes(file);
      expected = expected == null ? found : expected;
      assertTrue(Arrays.equals(expected, found), threads + " threads");
    }
  }

  @Test
  void backendsPredictTheSame() throws IOException {
    Path scalar = folder.resolve("scalar.jsonl");
    Path vector = folder.resolve("vector.jsonl");
    JsonNode first =
        eval(
                "sst2",
                "--limit",
                24,
                "--backend",
                "scalar",
                "--predictions",
                scalar,
                "--format",
                "json")
            .json();
    JsonNode second =
        eval(
                "sst2",
                "--limit",
                24,
                "--backend",
                "vector",
                "--predictions",
                vector,
                "--format",
                "json")
            .json();
    assertEquals(first.get("confusion"), second.get("confusion"));
    List<JsonNode> a = predictions(scalar);
    List<JsonNode> b = predictions(vector);
    assertEquals(24, a.size());
    assertEquals(24, b.size());
    for (int i = 0; i < 24; i++) {
      assertEquals(a.get(i).get("row"), b.get(i).get("row"));
      assertEquals(a.get(i).get("prompt_sha256"), b.get(i).get("prompt_sha256"));
      assertEquals(a.get(i).get("predicted"), b.get(i).get("predicted"));
      for (int c = 0; c < 2; c++) {
        double expected = a.get(i).get("log_probabilities").get(c).doubleValue();
        double found = b.get(i).get("log_probabilities").get(c).doubleValue();
        assertEquals(expected, found, 1e-4 * Math.max(1, Math.abs(expected)));
      }
    }
  }

  @Test
  void theResultGoesToAFileToo() throws IOException {
    Path file = folder.resolve("result.json");
    Cli.Outcome text = eval("cb", "--limit", 4, "--output", file);
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("accuracy"), text.out());
    String json = Files.readString(file);
    assertEquals(json, eval("cb", "--limit", 4, "--format", "json").out());
    eval("cb", "--limit", 4, "--output", file).failed("result.json", "--force");
    assertEquals(0, eval("cb", "--limit", 3, "--output", file, "--force").code());
    assertEquals(3, JSON.readTree(Files.readString(file)).get("n").intValue());
    eval("cb", "--output", file, "--predictions", file).misused("--output", "--predictions");
    Path data = TestData.task("cb").resolve("val.jsonl");
    eval("cb", "--limit", 4, "--output", data, "--force").failed("the input");
  }

  @Test
  void predictionsHaveTheirKeys() throws IOException {
    Path file = folder.resolve("p.jsonl");
    assertEquals(0, eval("cb", "--limit", 8, "--predictions", file).code());
    List<JsonNode> lines = predictions(file);
    assertEquals(8, lines.size());
    for (JsonNode line : lines) {
      assertEquals(
          Set.of(
              "split",
              "file",
              "row",
              "prompt_sha256",
              "log_probabilities",
              "predicted",
              "gold",
              "correct",
              "tie",
              "truncated",
              "part"),
          Cli.keys(line));
      assertEquals(3, line.get("log_probabilities").size());
    }
    assertEquals(0, eval("squad", "--limit", 3, "--force", "--predictions", file).code());
    for (JsonNode line : predictions(file)) {
      assertTrue(Cli.keys(line).containsAll(Set.of("answer", "gold", "f1")), line.toString());
    }
  }

  /** {@code prompts} shows the rows that {@code eval} evaluates. */
  @Test
  void promptsAreThoseEvaluated() throws IOException {
    Path file = folder.resolve("p.jsonl");
    assertEquals(0, eval("rte", "--limit", 12, "--seed", 3, "--predictions", file).code());
    List<JsonNode> evaluated = predictions(file);
    List<JsonNode> shown =
        Cli.run(
                "prompts",
                "--task",
                "rte",
                "--data",
                TestData.task("rte"),
                "--limit",
                12,
                "--seed",
                3)
            .jsonLines();
    assertEquals(evaluated.size(), shown.size());
    for (int i = 0; i < evaluated.size(); i++) {
      assertEquals(shown.get(i).get("row"), evaluated.get(i).get("row"));
      assertEquals(shown.get(i).get("gold"), evaluated.get(i).get("gold"));
    }
  }

  @Test
  void text() {
    Cli.Outcome found = eval("cb", "--limit", 8);
    assertEquals(0, found.code());
    assertTrue(found.out().startsWith("cb (corrected), test: accuracy 0."), found.out());
    assertTrue(found.out().contains("interval"), found.out());
    // Spaces separate the columns of the confusion matrix.
    assertTrue(found.out().matches("(?s).* entailment +contradiction +neutral\\n.*"), found.out());
    assertTrue(eval("squad", "--limit", 3).out().contains("exact match "), found.out());
  }
}
