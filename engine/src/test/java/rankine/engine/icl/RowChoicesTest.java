package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;

/** Fields within nested JSON, parts of columns, filters, and rows with fewer choices. */
class RowChoicesTest {
  private static final String NESTED =
      """
      {"name": "t", "classes": {"first": ["A", "1"], "second": ["B", "2"], "third": ["C", "3"]},
       "label": "key", "query": "{q} :", "choices": [" {c0}", " {c1}", " {c2}"],
       "fields": {"q": ["stem", "question.stem"],
                  "c0": "choices.text.0", "c1": "choices.text.1", "c2": "choices.text.2"},
       "optional": "c2", "shots": 0}
      """;

  @TempDir Path folder;

  /** Returns the listed prompts of the task {@code json} on the rows of a test file. */
  private List<JsonNode> prompts(String json, String... rows) throws IOException {
    Path task = Files.writeString(folder.resolve("task.json"), json);
    Files.writeString(folder.resolve("test.jsonl"), String.join("\n", rows));
    List<JsonNode> prompts = new ArrayList<>();
    PromptListing.stream(
        Task.load(task.toString()), folder, EvaluationOptions.DEFAULT, prompts::add);
    return prompts;
  }

  private String fault(String json, String... rows) {
    String message = assertThrows(TaskException.class, () -> prompts(json, rows)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message.replace(folder + "/", "").replace(folder.getFileName() + "/", "");
  }

  @Test
  void aColumnMayBeWithinObjectsAndLists() throws IOException {
    List<JsonNode> found =
        prompts(
            NESTED,
            """
            {"stem": "one", "choices": {"text": ["a", "b", "c"]}, "key": "C"}""",
            """
            {"question": {"stem": "two"}, "choices": {"text": [1, true]}, "key": 2}""",
            """
            {"stem": "three", "choices": {"text": {"0": "x", "1": "y", "2": "z"}}, "key": "A"}""",
            """
            {"stem": "four", "choices.text.0": "k", "choices": {"text": ["a", "b"]}, "key": "B"}""");
    assertEquals("one :", found.get(0).get("prompt").textValue());
    assertEquals("[\" a\",\" b\",\" c\"]", found.get(0).get("choices").toString());
    assertEquals(2, found.get(0).get("gold").intValue());
    assertEquals("two :", found.get(1).get("prompt").textValue());
    assertEquals("[\" 1\",\" true\"]", found.get(1).get("choices").toString());
    assertEquals(1, found.get(1).get("gold").intValue());
    assertEquals("[\" x\",\" y\",\" z\"]", found.get(2).get("choices").toString());
    // A key that has the path's name is the column.
    assertEquals("[\" k\",\" b\"]", found.get(3).get("choices").toString());
  }

  @Test
  void anAbsentValueIsNamed() {
    assertEquals(
        "test.jsonl:1: c1: expected column 'choices.text.1', found columns choices.text.0, key,"
            + " stem",
        fault(NESTED, "{\"stem\": \"one\", \"choices\": {\"text\": [\"a\"]}, \"key\": \"A\"}"));
    assertEquals(
        "test.jsonl:1: c0: expected column 'choices.text.0', found columns choices, key, stem",
        fault(NESTED, "{\"stem\": \"one\", \"choices\": \"a, b\", \"key\": \"A\"}"));
  }

  @Test
  void aLabelNamesAChoiceOfItsRow() {
    assertEquals(
        "test.jsonl: row 0: label: expected one of the row's 2 choices, found the label of choice"
            + " 3",
        fault(
            NESTED, "{\"stem\": \"a\", \"choices\": {\"text\": [\"a\", \"b\"]}, \"key\": \"C\"}"));
  }

  @Test
  void aTaskWithoutChoicesMayLackItsPreamble() throws IOException {
    Path task =
        Files.writeString(
            folder.resolve("task.json"),
            """
            {"name": "qa", "query": "Q: {q}\\nA:", "preamble": "{hint}\\n", "optional": "hint",
             "fields": {"q": "q", "hint": "hint"}, "demonstration": "Q: {q}\\nA:{label}\\n",
             "files": {"train": ["train.jsonl"]}, "scoring": "greedy", "max_tokens": 5, "shots": 0,
             "f1": "squad"}""");
    assertEquals(Set.of("hint"), Task.load(task.toString()).data().optional());
  }

  @Test
  void onlyTheLastChoicesMayBeAbsent() {
    String two = NESTED.replace("\"optional\": \"c2\"", "\"optional\": [\"c2\", \"c3\"]");
    String four =
        two.replace("\" {c2}\"]", "\" {c2}\", \" {c3}\"]")
            .replace("\"third\"", "\"fourth\": \"D\", \"third\"")
            .replace("\"c0\": ", "\"c3\": \"more\", \"c0\": ");
    assertEquals(
        "test.jsonl: row 0: expected choices without a gap, found ' {c3}' after an absent one",
        fault(
            four,
            """
            {"stem": "a", "choices": {"text": ["a", "b"]}, "more": "d", "key": "A"}"""));
    assertEquals(
        "task.json: optional: expected fields of the last choices, found one before ' {c2}'",
        fault(NESTED.replace("\"optional\": \"c2\"", "\"optional\": \"c1\"")));
    assertEquals(
        "task.json: optional: expected names of fields, found c9",
        fault(NESTED.replace("\"optional\": \"c2\"", "\"optional\": \"c9\"")));
    assertEquals(
        "task.json: optional: expected two or more choices without one, found 1",
        fault(NESTED.replace("\"optional\": \"c2\"", "\"optional\": [\"c1\", \"c2\"]")));
    assertEquals(
        "task.json: optional: expected fields of choices and preamble only, found one in '{q} :'",
        fault(NESTED.replace("\"optional\": \"c2\"", "\"optional\": \"q\"")));
  }

  @Test
  void aFieldMayBePartOfAColumn() throws IOException {
    String parts =
        """
        {"name": "t", "classes": {"a": "a", "b": "b"}, "choices": [" a", " b"], "shots": 0, "strip": "none",
         "query": "[{start}/{end}/{body}/{word}].",
         "fields": {"start": {"column": "text", "before": "_"},
                    "end": {"column": "text", "after": "_", "occurrence": "first"},
                    "body": {"column": "text", "before": " ", "occurrence": "last"},
                    "word": {"column": "text", "after": " ", "occurrence": "last"}}}
        """;
    assertEquals(
        "[one / two_ three/one _ two_/three].",
        prompts(parts, "{\"text\": \"one _ two_ three\", \"label\": \"a\"}")
            .getFirst()
            .get("prompt")
            .textValue());
    assertEquals(
        "test.jsonl:1: start: expected '_' in column 'text', found 'no blank'",
        fault(
            parts
                .replace("[{start}/{end}/{body}/{word}].", "{start}.")
                .replaceFirst("(?s)\"end\".*}}}", "\"x\": \"text\"}}"),
            "{\"text\": \"no blank\", \"label\": \"a\"}"));
    assertEquals(
        "task.json: fields.start.occurrence: expected one of first, last, found \"second\"",
        fault(parts.replace("\"before\": \"_\"", "\"before\": \"_\", \"occurrence\": \"second\"")));
    assertEquals(
        "task.json: fields.start.before: expected a string that is not empty, found nothing",
        fault(parts.replace("\"before\": \"_\"", "\"from\": \"_\"")));
  }

  /** Expected values: Python's str.strip and str.capitalize. */
  @Test
  void filters() {
    PromptTemplate template = PromptTemplate.of("<{x|strip}|{x|capitalize}|{x|spaced}>");
    assertEquals(List.of("x"), List.copyOf(template.fields()));
    assertEquals(
        "<A_b C|\u00a0a_b c\u0085|\u00a0A b C\u0085>", template.render(_ -> "\u00a0A_b C\u0085"));
    PromptTemplate capital = PromptTemplate.of("{x|capitalize}");
    assertEquals("He said no", capital.render(_ -> "he said NO"));
    assertEquals("", capital.render(_ -> ""));
    assertEquals("[title] x", capital.render(_ -> "[Title] X"));
    assertEquals("\u01c5x", capital.render(_ -> "\u01c6X")); // dž to Dž: the title case
    assertEquals("Ab", PromptTemplate.of("{x|strip|capitalize}").render(_ -> " aB "));
    assertThrows(IllegalArgumentException.class, () -> PromptTemplate.of("{x|}"));
    assertThrows(IllegalArgumentException.class, () -> PromptTemplate.of("{|strip}"));
    assertEquals(
        "'|upper' is none of the filters strip, capitalize, spaced",
        assertThrows(IllegalArgumentException.class, () -> PromptTemplate.of("{x|upper}"))
            .getMessage());
  }

  @Test
  void withoutDemonstrationsAFileOfTheSplitIsEnough() throws IOException {
    String row = "{\"stem\": \"a\", \"choices\": {\"text\": [\"a\", \"b\"]}, \"key\": \"A\"}";
    assertEquals(1, prompts(NESTED, row).size());
    String message = fault(NESTED.replace("\"shots\": 0", "\"shots\": 1"), row);
    assertEquals(folder + ": expected one of the files train.jsonl, found none of them", message);
    message =
        fault(
            NESTED.replace(
                "\"shots\": 0", "\"shots\": 0, \"test\": {\"from\": \"train\", \"take\": 5}"),
            row);
    assertEquals(folder + ": expected one of the files train.jsonl, found none of them", message);
  }
}
