package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;

class DataReadersTest {
  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(parent.resolve("d"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private List<DataRow> rows(String task, DataSplit split) {
    return DataFolder.open(Task.load(task).data(), folder).rows(split);
  }

  private String message(String task, DataSplit split) {
    return assertThrows(TaskException.class, () -> rows(task, split)).getMessage();
  }

  private static List<String> texts(List<DataRow> rows, String field) {
    return rows.stream().map(row -> row.fields().get(field)).toList();
  }

  @Test
  void filesOfEveryFormatHaveTheirRowsAndLabels() {
    Function<String, Path> data = TaskFolders::lookAlike;
    check(data, "sst2", DataSplit.TRAIN, 24, 24);
    check(data, "sst2", DataSplit.VALIDATION, 12, 12);
    check(data, "rte", DataSplit.TRAIN, 20, 20);
    check(data, "rte", DataSplit.VALIDATION, 10, 10);
    check(data, "cb", DataSplit.TRAIN, 12, 12, 12);
    check(data, "cb", DataSplit.VALIDATION, 7, 7, 6);
    check(data, "copa", DataSplit.TRAIN, 20, 20);
    check(data, "copa", DataSplit.VALIDATION, 10, 10);
    check(data, "mrpc", DataSplit.TRAIN, 16, 24);
    check(data, "mrpc", DataSplit.TEST, 8, 12);
    check(data, "agnews", DataSplit.TRAIN, 10, 10, 10, 10);
    check(data, "agnews", DataSplit.TEST, 6, 6, 6, 6);
    check(data, "emoc:paper", DataSplit.TRAIN, 12, 34);
    check(data, "emoc:paper", DataSplit.TEST, 6, 18);
    List<DataRow> squad =
        DataFolder.open(Task.load("squad").data(), data.apply("squad")).rows(DataSplit.VALIDATION);
    assertEquals(37, squad.size());
    assertEquals(5, squad.getLast().group());
    assertEquals(List.of("1874"), squad.getFirst().answers());
    assertEquals(List.of("412 metres", "412 metres long"), squad.get(1).answers());
  }

  @Tag("shared")
  @Test
  void realFilesHaveTheirRowsAndLabels() {
    check("sst2", DataSplit.TRAIN, 1350, 1650);
    check("sst2", DataSplit.VALIDATION, 428, 444);
    check("rte", DataSplit.TRAIN, 1249, 1241);
    check("rte", DataSplit.VALIDATION, 146, 131);
    check("cb", DataSplit.TRAIN, 115, 119, 16);
    check("cb", DataSplit.VALIDATION, 23, 28, 5);
    check("copa", DataSplit.TRAIN, 195, 205);
    check("copa", DataSplit.VALIDATION, 55, 45);
    check("mrpc", DataSplit.TRAIN, 1323, 2753);
    check("mrpc", DataSplit.TEST, 578, 1147);
    check("agnews", DataSplit.TRAIN, 500, 500, 500, 500);
    check("agnews", DataSplit.TEST, 500, 500, 500, 500);
    List<DataRow> squad =
        DataFolder.open(Task.load("squad").data(), TaskFolders.real("squad"))
            .rows(DataSplit.VALIDATION);
    assertEquals(1190, squad.size());
    assertEquals(47, squad.getLast().group());
    assertEquals(List.of("308"), squad.getFirst().answers());
  }

  private static void check(String task, DataSplit split, int... counts) {
    check(TaskFolders::real, task, split, counts);
  }

  private static void check(
      Function<String, Path> data, String task, DataSplit split, int... counts) {
    Task loaded = Task.load(task);
    List<DataRow> rows = DataFolder.open(loaded.data(), data.apply(loaded.name())).rows(split);
    int[] found = new int[counts.length];
    rows.forEach(row -> found[row.label()]++);
    assertEquals(Arrays.toString(counts), Arrays.toString(found), task);
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(i, rows.get(i).index());
    }
  }

  @Test
  void emoContextInBothFormats() throws IOException {
    write(
        "train.txt",
        """
        id\tturn1\tturn2\tturn3\tlabel
        0\tHi\tHello\tHow "r u\tothers
        1\tyes\twhy\ti won\thappy
        2\tno\twhy\ti lost\tsad
        3\ta\tb\tc\tangry
        """);
    List<DataRow> paper = rows("emoc:paper", DataSplit.TRAIN);
    assertEquals("Hi Hello How \"r u", paper.getFirst().fields().get("text"));
    assertEquals(List.of(0, 1, 1, 1), paper.stream().map(DataRow::label).toList());
    List<DataRow> corrected = rows("emoc", DataSplit.TRAIN);
    assertEquals(List.of("yes why i won", "no why i lost", "a b c"), texts(corrected, "text"));
    assertEquals(List.of(0, 1, 1), corrected.stream().map(DataRow::label).toList());
    assertEquals(List.of(1, 2, 3), corrected.stream().map(DataRow::index).toList());

    write(
        "test.jsonl",
        "{\"text\":\"x\",\"label\":0}\n\n{\"text\":\"y\",\"label\":1}\n{\"text\":\"z\",\"label\":3}");
    assertEquals(
        List.of(0, 1, 1), rows("emoc:paper", DataSplit.TEST).stream().map(DataRow::label).toList());
    assertEquals(List.of("y", "z"), texts(rows("emoc", DataSplit.TEST), "text"));
  }

  @Test
  void tsvKeepsQuotesAndSpacesAndSkipsTheByteOrderMark() throws IOException {
    write("train.tsv", "\uFEFFsentence\tlabel\r\n \"a , b\\t \t1\r\n'' \"\" \t0\r\n");
    assertEquals(
        List.of(" \"a , b\\t ", "'' \"\" "), texts(rows("sst2", DataSplit.TRAIN), "sentence"));
  }

  @Test
  void csvUnescapesQuotes() throws IOException {
    write("train.csv", "\"3\",\"a \"\"b\"\"\",\" c, d\"\n\"1\",\"e\",\"\"\n");
    List<DataRow> rows = rows("agnews", DataSplit.TRAIN);
    assertEquals(List.of("a \"b\"  c, d", "e "), texts(rows, "text"));
    assertEquals(List.of(2, 0), rows.stream().map(DataRow::label).toList());
  }

  @Test
  void labelsMayBeHuggingFaceIntegers() throws IOException {
    write("train.jsonl", "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":2}\n");
    assertEquals(2, rows("cb", DataSplit.TRAIN).getFirst().label());
  }

  @Test
  void rteAcceptsGlueColumnNames() throws IOException {
    write("train.tsv", "index\tsentence1\tsentence2\tlabel\n0\tp\th\tnot_entailment\n");
    DataRow row = rows("rte", DataSplit.TRAIN).getFirst();
    assertEquals(Map.of("premise", "p", "hypothesis", "h"), row.fields());
    assertEquals(1, row.label());
  }

  @Test
  void missingFilesAndFoldersAreNamed() throws IOException {
    assertEquals(
        folder
            + ": expected one of the files train.tsv, train.jsonl, validation.tsv,"
            + " dev.tsv, validation.jsonl, found none of them",
        message("sst2", DataSplit.TRAIN));
    Path none = folder.resolve("none");
    assertEquals(
        none + ": expected a folder with data files, found nothing",
        assertThrows(TaskException.class, () -> DataFolder.open(Task.load("cb").data(), none))
            .getMessage());
    write("dev.tsv", "sentence\tlabel\nx\t1\n");
    assertEquals(
        folder + ": expected one of the files train.tsv, train.jsonl, found none of them",
        message("sst2", DataSplit.TRAIN));
  }

  /** A pipe without a writer would block a reader for ever; a device may have no end. */
  @Test
  @Timeout(20)
  void pipesAndDevicesAreRefused() throws Exception {
    Path pipe = folder.resolve("train.tsv");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertEquals(
        "d/train.tsv: expected a data file, found a pipe or a device",
        message("sst2", DataSplit.TRAIN));
    assertThrows(TaskException.class, () -> JsonlTexts.read(pipe, text -> {}));
    Path task = Files.move(pipe, folder.resolve("task.json"));
    TaskException e = assertThrows(TaskException.class, () -> Task.load(task.toString()));
    assertEquals(task + ": expected a task file, found a pipe or a device", e.getMessage());
    assertThrows(TaskException.class, () -> JsonlTexts.read(Path.of("/dev/zero"), text -> {}));
    e = assertThrows(TaskException.class, () -> Task.load(folder.toString()));
    assertEquals(folder + ": expected a task file, found a folder", e.getMessage());
  }

  /** A link to nothing is not an absent file: another file of the split may not take its place. */
  @Test
  void aDanglingLinkIsRefused() throws IOException {
    write("train.jsonl", "{\"sentence\":\"x\",\"label\":1}\n");
    assertEquals(1, rows("sst2", DataSplit.TRAIN).size());
    Files.createSymbolicLink(folder.resolve("train.tsv"), Path.of("nowhere"));
    assertEquals("d/train.tsv: cannot be read: no such file", message("sst2", DataSplit.TRAIN));
  }

  @Test
  void faultyTablesAreNamedByLine() throws IOException {
    write("train.tsv", "");
    assertEquals(
        "d/train.tsv: expected a header, found an empty file", message("sst2", DataSplit.TRAIN));
    write("train.tsv", "sentence\tlabel\n");
    assertEquals("d/train.tsv: expected rows, found none", message("sst2", DataSplit.TRAIN));
    write("train.tsv", "text\tlabel\nx\t1\n");
    assertEquals(
        "d/train.tsv: sentence: expected column 'sentence', found columns label, text",
        message("sst2", DataSplit.TRAIN));
    write("train.tsv", "sentence\nx\n");
    assertEquals(
        "d/train.tsv: label: expected column 'label', found columns sentence",
        message("sst2", DataSplit.TRAIN));
    write("train.tsv", "sentence\tlabel\nx\t1\ny\t1\tz\n");
    assertEquals("d/train.tsv:3: expected 2 fields, found 3", message("sst2", DataSplit.TRAIN));
    write("train.tsv", "sentence\tlabel\nx\t1\ny\t7\n");
    assertEquals(
        "d/train.tsv:3: row 1: column 'label': expected one of 0, 1, found '7'",
        message("sst2", DataSplit.TRAIN));
    Files.write(
        folder.resolve("train.tsv"),
        ("sentence\tlabel\n" + "x\t1\n".repeat(9000) + "\u00e9\t1\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        "d/train.tsv:9002: expected UTF-8, found other bytes", message("sst2", DataSplit.TRAIN));
    write("train.tsv", "sentence\tlabel\n" + "x".repeat(2_000_000) + "\t1\n");
    assertEquals(
        "d/train.tsv:2: expected a line of at most 1048576 characters, found more",
        message("sst2", DataSplit.TRAIN));
    write("train.csv", "\"1\",\"a\",\"b\"\n\"2\",\"a\",\"b\n");
    assertTrue(message("agnews", DataSplit.TRAIN).startsWith("d/train.csv:"));
    write("train.csv", "\"1\",\"a\" x,\"b\"\n");
    assertTrue(message("agnews", DataSplit.TRAIN).startsWith("d/train.csv:1: expected a record"));
    Files.delete(folder.resolve("train.tsv"));
    Files.createDirectory(folder.resolve("train.tsv"));
    assertEquals(
        "d/train.tsv: expected a data file, found a folder", message("sst2", DataSplit.TRAIN));
  }

  @Test
  void faultyJsonIsNamedByLineOrKey() throws IOException {
    String good = "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"neutral\"}\n";
    for (Map.Entry<String, String> bad :
        Map.of(
                "{\"premise\":",
                    "d/train.jsonl:2: expected valid JSON, found an error at line 1 column ",
                "{\"premise\":\"p\",\"hypothesis\":\"a\\ud800\",\"label\":\"neutral\"}",
                    "d/train.jsonl:2: hypothesis: expected well-formed Unicode, found a lone"
                        + " surrogate",
                "[1]", "d/train.jsonl:2: expected a JSON object, found an array",
                "{} {}", "d/train.jsonl:2: expected nothing after the JSON object, found an object",
                "{\"premise\":\"p\",\"label\":\"neutral\"}",
                    "d/train.jsonl:2: hypothesis: expected column 'hypothesis', found columns"
                        + " label, premise",
                "{\"premise\":\"p\",\"hypothesis\":null,\"label\":\"neutral\"}",
                    "d/train.jsonl:2: hypothesis: expected column",
                "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"maybe\"}",
                    "d/train.jsonl:2: row 1: column 'label': expected one of 0, 1, 2,"
                        + " contradiction, entailment, neutral, found 'maybe'")
            .entrySet()) {
      write("train.jsonl", good + bad.getKey() + "\n");
      String found = message("cb", DataSplit.TRAIN);
      assertTrue(found.startsWith(bad.getValue()), found);
    }
    write("train.json", "{\"data\": 1}");
    assertEquals(
        "d/train.json: data: expected an array of articles, found 1",
        message("squad", DataSplit.TRAIN));
    write("train.json", "{\"data\":[{\"title\":\"t\",\"paragraphs\":[{\"qas\":[]}]}]}");
    assertEquals(
        "d/train.json: data[0].paragraphs[0].context: expected a string, found nothing",
        message("squad", DataSplit.TRAIN));
    write("train.json", "{\"data\":[]}");
    assertEquals("d/train.json: expected rows, found none", message("squad", DataSplit.TRAIN));
    write("train.json", "{\"data\":" + "[".repeat(1_000_000));
    String deep = message("squad", DataSplit.TRAIN);
    assertTrue(
        deep.startsWith("d/train.json: expected JSON within limits, found more: Document nesting"),
        deep);
    write("train.json", "{\"data\":[");
    assertTrue(message("squad", DataSplit.TRAIN).startsWith("d/train.json: "));
  }

  /** A randomly damaged file gives rows or an error of one line. */
  @Test
  void damagedFilesGiveRowsOrAnErrorOfOneLine() throws IOException {
    record DataFile(String task, String file, String text) {}
    List<DataFile> cases =
        List.of(
            new DataFile("sst2", "train.tsv", "sentence\tlabel\na b \t1\nc\t0\nd \"e\t1\n"),
            new DataFile("agnews", "train.csv", "\"1\",\"a\",\"b\"\"c\"\n\"4\",\"d\",\"e\"\n"),
            new DataFile(
                "cb",
                "train.jsonl",
                "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"neutral\"}\n".repeat(2)),
            new DataFile(
                "squad",
                "train.json",
                "{\"data\":[{\"paragraphs\":[{\"context\":\"c\",\"qas\":[{\"id\":\"1\",\"question\":"
                    + "\"q\",\"answers\":[{\"text\":\"a\",\"answer_start\":0}]}]}],\"title\":\"t\"}],"
                    + "\"version\":\"1.1\"}"));
    Random random = new Random(5);
    for (int round = 0; round < 400; round++) {
      DataFile chosen = cases.get(random.nextInt(cases.size()));
      byte[] bytes = chosen.text().getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
          default ->
              bytes[at] = "\n\r\t\"\\{}[],:".getBytes(StandardCharsets.UTF_8)[random.nextInt(11)];
        }
      }
      Files.write(folder.resolve(chosen.file()), bytes);
      try {
        assertTrue(!rows(chosen.task(), DataSplit.TRAIN).isEmpty());
      } catch (TaskException e) {
        assertTrue(e.getMessage().startsWith("d/" + chosen.file() + ":"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }
}
