package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;

class TaskFileTest {
  @TempDir Path folder;

  private static byte[] builtIn(String name) throws IOException {
    try (InputStream in = Task.class.getResourceAsStream("tasks/" + name + ".json")) {
      return in.readAllBytes();
    }
  }

  private static String message(String spec) {
    return assertThrows(TaskException.class, () -> Task.load(spec)).getMessage();
  }

  /** Returns the error of parsing a built-in file with {@code from} replaced by {@code to}. */
  private static String changed(String name, String version, String from, String to)
      throws IOException {
    String text = new String(builtIn(name), StandardCharsets.UTF_8);
    assertTrue(text.contains(from), from);
    byte[] bytes = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
    return assertThrows(TaskException.class, () -> TaskFile.parse("t.json", bytes, version))
        .getMessage();
  }

  @Test
  void builtInTasksLoadInTheirVersions() throws Exception {
    for (String name : Task.BUILT_IN) {
      Task task = Task.load(name);
      assertEquals(name, task.name());
      assertEquals("corrected", task.version());
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(builtIn(name));
      assertEquals(HexFormat.of().formatHex(digest), task.hash());
      String text = new String(builtIn(name), StandardCharsets.UTF_8);
      assertTrue(text.lines().count() < 60, name + " is short");
      for (String version : TaskFolders.versions(name)) {
        assertEquals(version, Task.load(name + ":" + version).version());
      }
    }
    assertEquals(List.of("entailment", "contradiction", "neutral"), Task.load("cb").classes());
    assertEquals(5, Task.load("cb").defaultShots());
    assertTrue(Task.load("copa:paper").notes().getFirst().startsWith("Differs from the reference"));
  }

  @Test
  void loadsAFileWithAndWithoutVersion() throws Exception {
    Path file = Files.write(folder.resolve("mine.json"), builtIn("cb"));
    assertEquals("corrected", Task.load(file.toString()).version());
    assertEquals("paper", Task.load(file + ":paper").version());
    assertEquals(Task.load("cb").hash(), Task.load(file.toString()).hash());
    Path colon = Files.write(folder.resolve("a:b.json"), builtIn("cb"));
    assertEquals("paper", Task.load(colon + ":paper").version());
  }

  @Test
  void fourKeysAreATask() {
    String least =
        """
        {"name": "mine", "classes": {"good": "g", "bad": ["b", "B"]},
         "query": "text: {text}\\n sentiment :", "choices": [" good", " bad"]}""";
    Task task = TaskFile.parse("t.json", least.getBytes(StandardCharsets.UTF_8), "corrected");
    assertEquals("only", task.version());
    assertEquals(List.of("good", "bad"), task.classes());
    assertEquals(5, task.defaultShots());
    assertEquals(List.of(0, 1), task.demonstrations().order());
    assertEquals(new ScoringMethod.Likelihood(), task.scoring());
    assertEquals(List.of("label"), task.data().label());
    assertEquals(List.of("train.jsonl"), task.data().files().get(DataSplit.TRAIN));
    assertEquals(
        List.of(new DataSpec.FieldSource.Column("text")), task.data().fields().get("text"));
    assertEquals(
        new SplitRule.WholeFile(DataSplit.VALIDATION), task.split(EvaluationSplit.VALIDATION));
    assertEquals(new SplitRule.WholeFile(DataSplit.TEST), task.split(EvaluationSplit.TEST));
    assertEquals(
        "t.json: version: expected one of only, found 'paper'",
        assertThrows(
                TaskException.class,
                () -> TaskFile.parse("t.json", least.getBytes(StandardCharsets.UTF_8), "paper"))
            .getMessage());
  }

  @Test
  void missingKeysAreInOneMessage() {
    assertEquals(
        "t.json: classes, query, choices: expected these keys, found only name",
        assertThrows(
                TaskException.class,
                () ->
                    TaskFile.parse(
                        "t.json",
                        "{\"name\": \"t\"}".getBytes(StandardCharsets.UTF_8),
                        "corrected"))
            .getMessage());
  }

  @Test
  void unknownTaskOrVersionErrorListsTheKnown() {
    assertEquals(
        "task: expected one of "
            + String.join(", ", Task.BUILT_IN)
            + ", or a task file (.json); found 'sst3'",
        message("sst3"));
    assertEquals(
        "cb.json: version: expected one of paper, corrected, found 'papers'", message("cb:papers"));
    assertEquals(
        "demo-topic.json: version: expected one of corrected, found 'paper'",
        message("demo-topic:paper"));
    assertTrue(message(folder + "/none.json").endsWith("found no such file"));
    assertTrue(message("").startsWith("task: expected one of"));
  }

  @Test
  void fileNamesAreOnesThatAFileSystemCanHave() throws Exception {
    String nul = changed("cb", "corrected", "\"train.jsonl\"", "\"train\\u0000.jsonl\"");
    assertEquals("t.json: files.train: expected names of files, found 'train\\u0000.jsonl'", nul);
    String lone = changed("cb", "corrected", "\"train.jsonl\"", "\"train\\ud800.jsonl\"");
    assertTrue(lone.startsWith("t.json: files.train[0]: expected well-formed"), lone);
  }

  @Test
  void errorsNameFileKeyExpectedAndFound() throws Exception {
    String unknown = changed("cb", "corrected", "\"shots\"", "\"shotz\": 1, \"shots\"");
    assertTrue(unknown.startsWith("t.json: shotz: expected one of "), unknown);
    assertTrue(unknown.endsWith("found an unknown key"), unknown);
    assertEquals(
        "t.json: shots: expected an integer from 0 to 100000, found \"five\"",
        changed("cb", "corrected", "\"shots\": 5", "\"shots\": \"five\""));
    assertEquals(
        "t.json: query: expected a string that is not empty, found nothing",
        changed("sst2", "paper", "\"query\": \"text: {sentence}\\n sentiment :\",", ""));
    assertEquals(
        "t.json: query: expected fields among sentence, found '{sentense}'",
        changed("sst2", "corrected", ": {sentence}\\n sentiment :\"", ": {sentense}\\n s :\""));
    assertEquals(
        "t.json: scoring: expected one of likelihood, multiple_choice, first_token, greedy_match,"
            + " greedy, found \"logits\"",
        changed("cb", "corrected", "\"likelihood\"", "\"logits\""));
    assertEquals(
        "t.json: order: expected each class once, found [0, 2, 2]",
        changed("cb", "paper", "[0, 2, 1]", "[0, 2, 2]"));
    assertEquals(
        "t.json: choices: expected one text for each of 3 classes, found 2",
        changed("cb", "corrected", "[\" Yes\", \" No\", \" Maybe\"]", "[\" Yes\", \" No\"]"));
    assertEquals(
        "t.json: test.from: expected one of train, validation, test, found \"dev\"",
        changed(
            "cb",
            "corrected",
            "\"test\": {\"from\": \"validation\"}",
            "\"test\": {\"from\": \"dev\"}"));
    assertEquals(
        "t.json: files.train: expected names without a folder, found '../train.jsonl'",
        changed("cb", "corrected", "\"train.jsonl\"", "\"../train.jsonl\""));
    assertEquals(
        "t.json: revision: expected each key once, found it twice",
        changed("cb", "corrected", "\"revision\": 1", "\"revision\": 1, \"revision\": 2"));
  }

  /** A format without its own demonstrations cannot have the reference code's boundary errors. */
  @Test
  void rejectsABadBoundaryBeforeTheLabel() throws Exception {
    String badEnd =
        "expected a text that ends in neither a placeholder nor a space, found one that does";
    assertEquals(
        "t.json: query: " + badEnd, changed("cb", "corrected", "or Maybe?\",", "or Maybe? \","));
    assertEquals(
        "t.json: query: " + badEnd,
        changed("sst2", "corrected", "\\n sentiment :\"", " {sentence}\""));
    assertEquals(
        "t.json: choices: expected a leading space, found 'pos'",
        changed("sst2", "corrected", "\" pos\"", "\"pos\""));
    assertEquals(
        "t.json: choices: expected no white space at the end, found ' pos '",
        changed("sst2", "corrected", "\" pos\"", "\" pos \""));
    assertEquals(
        "t.json: choices: expected no leading space after a line break, found ' {choice2}'",
        changed(
            "copa",
            "corrected",
            "[\"{choice1}\", \"{choice2}\"]",
            "[\"{choice1}\", \" {choice2}\"]"));
    assertEquals(
        "t.json: shown: expected nothing where no demonstration is written out, found texts:"
            + " choices are shown",
        changed("cb", "corrected", "\"corrected\": {", "\"corrected\": {\"shown\": [\"a\"],"));
  }

  @Test
  void damagedFilesGiveAnErrorOfOneLine() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = builtIn(Task.BUILT_IN.get(random.nextInt(Task.BUILT_IN.size())));
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes = java.util.Arrays.copyOf(bytes, at + 1);
          default -> bytes[at] = bytes[random.nextInt(bytes.length)];
        }
      }
      try {
        TaskFile.parse("t.json", bytes, "corrected");
      } catch (TaskException e) {
        assertTrue(e.getMessage().startsWith("t.json: "), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
      }
    }
    byte[] deep = "[".repeat(500_000).getBytes(StandardCharsets.UTF_8);
    assertThrows(TaskException.class, () -> TaskFile.parse("t.json", deep, "paper"));
  }

  @Test
  void templates() {
    assertEquals("a {b} c", PromptTemplate.of("a {x} c").render(field -> "{b}"));
    assertEquals(List.of("x", "y"), List.copyOf(PromptTemplate.of("{x}{y}{x}").fields()));
    for (String bad : List.of("{", "}", "{}", "{a", "a}", "{a{b}}", "{ }")) {
      assertThrows(IllegalArgumentException.class, () -> PromptTemplate.of(bad), bad);
    }
  }
}
