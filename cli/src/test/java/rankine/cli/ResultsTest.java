package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.icl.Task;
import rankine.engine.model.Architectures;
import rankine.testdata.TestData;

/** The output of the commands, as JSON and as text. */
class ResultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static int[] ints(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  @ParameterizedTest
  @CsvSource({"gpt2-f32, gpt2", "gptj-f16, gptj", "llama-bf16, llama", "stories260K, llama"})
  void inspect(String name, String architecture) {
    JsonNode found = Cli.run("inspect", "--model", TestData.model(name), "--format", "json").json();
    assertEquals(
        Set.of(
            "architecture",
            "loads",
            "reason",
            "notes",
            "sizes",
            "config",
            "parameters",
            "memory",
            "tensors"),
        Cli.keys(found));
    assertTrue(found.get("loads").booleanValue());
    assertTrue(found.get("reason").isNull());
    assertEquals(architecture, found.get("architecture").textValue());
    long elements = 0;
    for (JsonNode tensor : found.get("tensors")) {
      long product = 1;
      for (JsonNode size : tensor.get("shape")) {
        product *= size.longValue();
      }
      elements += product;
    }
    assertEquals(elements, found.get("parameters").longValue());
    Cli.Outcome text = Cli.run("inspect", "--model", TestData.model(name));
    assertEquals(0, text.code());
    assertEquals("", text.err());
    assertTrue(text.out().contains("%,d parameters".formatted(elements)), text.out());
  }

  @Test
  void inspectForAContext() {
    Path model = TestData.model("gpt2-f32"); // 64 positions
    JsonNode found =
        Cli.run("inspect", "--model", model, "--context", 10, "--format", "json").json();
    JsonNode memory = found.get("memory");
    assertEquals(10, found.get("context").intValue());
    long perToken = memory.get("kv_cache_per_token").longValue();
    assertEquals(10 * perToken, memory.get("kv_cache_context").longValue());
    assertEquals(64 * perToken, memory.get("kv_cache_full_context").longValue());
    assertEquals(
        memory.get("weights_mapped").longValue()
            + 10 * perToken
            + memory.get("activations").longValue(),
        memory.get("total").longValue());
    Cli.run("inspect", "--model", model, "--context", 65).failed("context", "at most 64", "65");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void logits(String name) throws IOException {
    Path model = TestData.model(name);
    JsonNode golden = JSON.readTree(model.resolve("golden.json").toFile()).at("/cases/0");
    String ids =
        golden.get("ids").valueStream().map(JsonNode::asText).reduce((a, b) -> a + "," + b).get();
    JsonNode found =
        Cli.run("logits", "--model", model, "--ids", ids, "--greedy", "8", "--format", "json")
            .json();
    assertEquals(Set.of("ids", "last_logits", "greedy"), Cli.keys(found));
    assertArrayEquals(ints(golden.get("ids")), ints(found.get("ids")));
    assertArrayEquals(ints(golden.get("greedy")), ints(found.get("greedy")));
    assertEquals(golden.get("last_logits").size(), found.get("last_logits").size());
    for (int i = 0; i < golden.get("last_logits").size(); i++) {
      double expected = golden.get("last_logits").get(i).doubleValue();
      assertEquals(
          expected,
          found.get("last_logits").get(i).doubleValue(),
          1e-4 * Math.max(1, Math.abs(expected)));
    }
    Cli.Outcome text = Cli.run("logits", "--model", model, "--ids", ids, "--greedy", "8");
    assertEquals(0, text.code());
    assertTrue(text.out().contains("greedy: " + golden.at("/greedy/0") + " "), text.out());
  }

  @Test
  void logitsOfAText() {
    Path model = TestData.model("stories260K");
    JsonNode found =
        Cli.run("logits", "--model", model, "--prompt", "Once upon a time", "--format", "json")
            .json();
    assertArrayEquals(new int[] {1, 403, 407, 261, 378}, ints(found.get("ids")));
    assertEquals(0, found.get("greedy").size());
  }

  @Test
  void generate() throws IOException {
    Path model = TestData.model("stories260K");
    JsonNode golden = JSON.readTree(model.resolve("golden_logits.json").toFile()).at("/prompts/0");
    String expected = golden.get("greedy_text").textValue();
    Cli.Outcome text =
        Cli.run("generate", "--model", model, "--prompt", "Once upon a time", "--max-tokens", 64);
    assertEquals(0, text.code());
    assertEquals(expected + System.lineSeparator(), text.out());
    assertTrue(
        text.err()
            .matches(
                """
                64 tokens, [0-9.]+ tokens/s after the first; the prompt's 5 took .*
                ended: the maximum of --max-tokens
                """),
        text.err());
    JsonNode json =
        Cli.run(
                "generate",
                "--model",
                model,
                "--prompt",
                "Once upon a time",
                "--max-tokens",
                64,
                "--format",
                "json")
            .json();
    assertEquals(Set.of("prompt", "prompt_ids", "text", "ids", "end"), Cli.keys(json));
    assertArrayEquals(new int[] {1, 403, 407, 261, 378}, ints(json.get("prompt_ids")));
    assertEquals(expected, json.get("prompt").textValue() + json.get("text").textValue());
    assertArrayEquals(ints(golden.get("greedy_new_ids")), ints(json.get("ids")));
    Cli.Outcome none =
        Cli.run("generate", "--model", model, "--prompt", "Once", "--max-tokens", "0");
    assertEquals("Once" + System.lineSeparator(), none.out());
  }

  @Test
  void generateAfterIds() {
    Path model = TestData.model("stories260K");
    Object[] command = {
      "generate",
      "--model",
      model,
      "--ids",
      "1,403,407,261,378",
      "--max-tokens",
      20,
      "--quiet",
      "--stop",
      "zebra",
      "--stop",
      " girl"
    };
    Cli.Outcome text = Cli.run(command);
    assertEquals(", there was a little" + System.lineSeparator(), text.out());
    assertEquals("", text.err());
    // Without a tokenizer: the ids.
    Path ids = TestData.model("gpt2-f32");
    Cli.Outcome found = Cli.run("generate", "--model", ids, "--ids", "1,2,3", "--max-tokens", 3);
    assertTrue(found.out().matches("\\d+ \\d+ \\d+\\R"), found.out());
    Cli.run("generate", "--model", ids, "--ids", "1", "--stop", "a").failed("stop", "tokenizer");
    Cli.run("generate", "--model", model, "--ids", "512").failed("token id", "0 to 511", "512");
  }

  @Test
  void generateWithFilters() {
    Path model = TestData.model("stories260K");
    Object[] greedy = {"generate", "--model", model, "--prompt", "Tom", "--max-tokens", 40};
    String plain = Cli.run(greedy).out();
    for (String filter : List.of("--top-k=1", "--top-p=0.0001", "--min-p=1")) {
      Object[] filtered = Arrays.copyOf(greedy, greedy.length + 2);
      filtered[greedy.length] = "--temperature=1.5";
      filtered[greedy.length + 1] = filter;
      assertEquals(plain, Cli.run(filtered).out(), filter);
    }
    Object[] penalised = Arrays.copyOf(greedy, greedy.length + 1);
    penalised[greedy.length] = "--repetition-penalty=5";
    assertNotEquals(plain, Cli.run(penalised).out());
    penalised[greedy.length] = "--top-k=3";
    Cli.Outcome ignored = Cli.run(penalised);
    assertEquals(plain, ignored.out());
    assertTrue(ignored.err().contains("no effect at --temperature 0"), ignored.err());
  }

  @Test
  void generateWithASeed() {
    Path model = TestData.model("stories260K");
    Object[] draw = {
      "generate",
      "--model",
      model,
      "--prompt",
      "Tom",
      "--max-tokens",
      30,
      "--temperature",
      1,
      "--seed",
      4
    };
    String first = Cli.run(draw).out();
    assertEquals(first, Cli.run(draw).out());
    draw[draw.length - 1] = 5;
    assertNotEquals(first, Cli.run(draw).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"golden.jsonl", "golden_special.jsonl"})
  void tokenizeAFile(String name) throws IOException {
    Path model = TestData.model("stories260K");
    List<JsonNode> found =
        Cli.run("tokenize", "--model", model, "--jsonl", model.resolve(name)).jsonLines();
    List<String> golden = Files.readAllLines(model.resolve(name));
    assertEquals(golden.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(Set.of("ids"), Cli.keys(found.get(i)));
      assertEquals(JSON.readTree(golden.get(i)).get("ids"), found.get(i).get("ids"));
    }
  }

  /** Not the name of a file of arguments. */
  @Test
  void anArgumentThatBeginsWithAnAtSignIsText(@TempDir Path folder) throws IOException {
    Path model = TestData.model("stories260K");
    Path file = Files.writeString(folder.resolve("x"), "Once upon");
    for (String text : List.of("@" + file, "@@x")) {
      String line = JSON.createObjectNode().put("text", text).toString();
      Path lines = Files.writeString(folder.resolve("lines.jsonl"), line);
      assertEquals(
          Cli.run("tokenize", "--model", model, "--jsonl", lines).out(),
          Cli.run("tokenize", "--model", model, text).out());
    }
    Object[] generate = {"generate", "--model", model, "--prompt", "@" + file, "--format", "json"};
    assertEquals("@" + file, Cli.run(generate).json().get("prompt").textValue());
  }

  @Test
  void tokenizeAText() {
    Path model = TestData.model("stories260K");
    String plain = Cli.run("tokenize", "--model", model, "Once upon a time").out();
    assertEquals("{\"ids\":[403,407,261,378]}\n", plain);
    JsonNode special =
        Cli.run(
                "tokenize",
                "--model",
                model,
                "--add-special-tokens",
                "Once upon a time",
                "--format",
                "json")
            .json();
    assertArrayEquals(new int[] {1, 403, 407, 261, 378}, ints(special.get("ids")));
    // A folder with tokenizer files only.
    JsonNode gpt2 =
        Cli.run("tokenize", "--model", TestData.tokenizer("gpt2"), "Hello world").json();
    assertArrayEquals(new int[] {15496, 995}, ints(gpt2.get("ids")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sst2", "agnews", "emoc", "mrpc", "rte", "cb", "copa", "squad"})
  void prompts(String task) {
    for (String version : new String[] {"", ":paper", ":corrected"}) {
      for (String split : new String[] {"test", "validation"}) {
        List<JsonNode> found =
            Cli.run(
                    "prompts",
                    "--task",
                    task + version,
                    "--data",
                    TestData.task(task),
                    "--split",
                    split,
                    "--limit",
                    "6",
                    "--format",
                    "json")
                .jsonLines();
        assertEquals(6, found.size());
        for (JsonNode line : found) {
          Set<String> keys = Cli.keys(line);
          assertTrue(
              keys.containsAll(
                  Set.of("split", "row", "demonstrations", "prompt", "choices", "gold")),
              keys.toString());
          assertFalse(line.get("prompt").textValue().isEmpty());
          assertTrue(line.get("demonstrations").size() > 0);
          assertEquals(Set.of("split", "row"), Cli.keys(line.at("/demonstrations/0")));
        }
      }
    }
  }

  @Test
  void architectures() {
    JsonNode found = Cli.run("architectures", "--format", "json").json().get("architectures");
    List<String> types = new ArrayList<>();
    found.forEach(architecture -> types.add(architecture.get("model_type").textValue()));
    assertEquals(Architectures.modelTypes(), types);
    assertEquals("GPT-2", found.get(0).get("name").textValue());
    assertEquals(types.size(), Cli.run("architectures").out().lines().count());
  }

  @Test
  void tasks() {
    JsonNode found = Cli.run("tasks", "--format", "json").json().get("tasks");
    List<String> corrected = new ArrayList<>();
    for (JsonNode task : found) {
      if (task.get("version").textValue().equals("corrected")) {
        corrected.add(task.get("name").textValue());
      }
      assertFalse(task.get("files").isEmpty(), task::toString);
    }
    assertEquals(Task.BUILT_IN, corrected);
    JsonNode rte =
        found
            .valueStream()
            .filter(task -> task.get("name").textValue().equals("rte"))
            .findFirst()
            .orElseThrow();
    assertEquals("[\" Yes\",\" No\"]", rte.get("choices").toString());
    assertEquals("[\"train.jsonl\",\"train.tsv\"]", rte.at("/files/train").toString());
    assertEquals("400 rows of train", rte.get("validation").textValue());
    assertEquals("all rows of validation", rte.get("test").textValue());
    assertEquals(5, rte.get("shots").intValue());
    assertEquals(10, rte.get("shown").intValue());
    String text = Cli.run("tasks").out();
    assertTrue(text.contains("\nsquad:paper  SQuAD v1.1: "), text);
    assertTrue(text.contains("\n  choices: ' Yes', ' No'\n"), text);
  }

  @Test
  void doctor() {
    JsonNode found = Cli.run("doctor", "--format", "json").json();
    assertTrue(
        Cli.keys(found)
            .containsAll(Set.of("java", "processors", "chosen", "reason", "backends", "missing")));
    Cli.Outcome text = Cli.run("doctor");
    assertEquals(0, text.code());
    assertTrue(text.out().contains("vector"), text.out());
  }
}
