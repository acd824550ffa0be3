package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;

/** What stands before, between and after the examples of a prompt. */
class PromptLayoutTest {
  private static final String TASK =
      """
      {"name": "t", "classes": {"A": "A", "B": "B"}, "scoring": "multiple_choice", "shots": 2,
       "preamble": "On {subject|spaced}.\\n\\n", "query": "Fill: {start}", "strip": "none",
       "given": ["{one}", "{two}"], "choices": [" {end}", " {end}"], "separator": "\\n\\n",
       "rewrite": [["!+", "!"]], "draw": "first"}
      """;

  @TempDir Path folder;

  private static String row(String subject, int i, String label) {
    return """
    {"subject": "%s", "start": "s%d!! ", "one": "x%d", "two": "y%d", "end": "e!!!", "label": "%s"}\
    """
        .formatted(subject, i, i, i, label);
  }

  @BeforeEach
  void rows() throws IOException {
    write("train", IntStream.range(0, 30).mapToObj(i -> row("old_times", i, "B")).toList());
    write("test", List.of(row("old_times", 40, "A"), row("old_times", 41, "B")));
  }

  private void write(String split, List<String> rows) throws IOException {
    Files.write(folder.resolve(split + ".jsonl"), rows);
  }

  private List<JsonNode> prompts(String json, long seed) throws IOException {
    Path task = Files.writeString(folder.resolve("task.json"), json);
    List<JsonNode> prompts = new ArrayList<>();
    PromptListing.stream(
        Task.load(task.toString()), folder, EvaluationOptions.DEFAULT.withSeed(seed), prompts::add);
    return prompts;
  }

  private String fault(String from, String to) {
    assertTrue(TASK.contains(from), from);
    return assertThrows(TaskException.class, () -> prompts(TASK.replace(from, to), 0))
        .getMessage()
        .replace(folder + "/", "");
  }

  @Test
  void demonstrationsAreLaidOutAsTheQueryIs() throws IOException {
    JsonNode found = prompts(TASK, 0).getFirst();
    assertEquals(
        "On old times.\n\nFill: s0! y0 e!\n\nFill: s1! y1 e!\n\nFill: s40! ",
        found.get("prompt").textValue());
    assertEquals("[\"x40\",\"y40\"]", found.get("given").toString());
    assertEquals("[\" e!\",\" e!\"]", found.get("choices").toString());
  }

  /** Java's strip leaves no-break spaces and U+0085. */
  @Test
  void fieldsLoseTheWhiteSpaceOfPython() throws IOException {
    String odd = "\u00a0\u0085 s \u2007";
    write("test", List.of(row("old_times", 40, "A").replace("s40!! ", odd)));
    assertEquals(
        "On old times.\n\nFill: s0!y0 e!\n\nFill: s1!y1 e!\n\nFill: s",
        prompts(TASK.replace("\"strip\": \"none\",", ""), 0).getFirst().get("prompt").textValue());
  }

  @Test
  void shotsInTotalDoNotCountPerClass() throws IOException {
    String any = TASK.replace("\"draw\": \"first\"", "\"draw\": \"any\"");
    JsonNode zero = prompts(any, 0).getFirst().get("demonstrations");
    assertEquals(2, zero.size());
    assertNotEquals(zero, prompts(any, 1).getFirst().get("demonstrations"));
    assertEquals(prompts(TASK, 0), prompts(TASK, 1)); // The first rows, whatever the seed.
    assertEquals(
        "shots: expected at most the 0 rows that class A has for demonstrations, found 2",
        fault(", \"draw\": \"first\"", ""));
  }

  @Test
  void aPreambleIsThatOfTheDemonstrations() throws IOException {
    write("test", List.of(row("old_times", 40, "A"), row("new", 41, "B")));
    assertEquals(
        "test.jsonl: row 1: preamble: expected that of the demonstration 'On old times.\\u000a\\u000a',"
            + " found 'On new.\\u000a\\u000a'",
        fault("t", "t"));
    List<JsonNode> found = prompts(TASK.replace("\"shots\": 2", "\"shots\": 0"), 0);
    assertEquals("On old times.\n\nFill: s40! ", found.get(0).get("prompt").textValue());
    assertEquals("On new.\n\nFill: s41! ", found.get(1).get("prompt").textValue());
  }

  @Test
  void faultsNameTheKey() {
    assertEquals(
        "task.json: order: expected nothing where draw is first, found an order of the classes",
        fault("\"draw\"", "\"order\": [0, 1], \"draw\""));
    assertEquals(
        "task.json: draw: expected one of per_class, any, first, found \"last\"",
        fault("\"draw\": \"first\"", "\"draw\": \"last\""));
    assertEquals(
        "task.json: given: expected one text for each of 2 classes, found 1",
        fault("[\"{one}\", \"{two}\"]", "\"{one}\""));
    assertEquals(
        "task.json: rewrite[0]: expected a pattern and its replacement: two strings, found"
            + " [\"!+\"]",
        fault("[[\"!+\", \"!\"]]", "[[\"!+\"]]"));
    String message = fault("[[\"!+\", \"!\"]]", "[[\"!+(\", \"!\"]]");
    assertTrue(
        message.startsWith(
            "task.json: rewrite: expected a regular expression of 1 to 200 characters, found"
                + " '!+(': "),
        message);
    assertEquals(
        "task.json: rewrite: expected at most 16 pairs, found 17",
        fault("[[\"!+\", \"!\"]]", "[" + "[\"a\", \"b\"],".repeat(16) + "[\"a\", \"b\"]]"));
    assertEquals(
        "task.json: choices: expected a leading space, found '{end}'",
        fault("[\" {end}\", \" {end}\"]", "[\" {end}\", \"{end}\"]"));
  }
}
