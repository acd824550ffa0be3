package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;
import rankine.common.io.JsonLinesWriter;
import rankine.common.io.OutputFile;
import rankine.common.io.Sha256;

class EvaluationTest {
  private static final EvaluationOptions ALL = EvaluationOptions.DEFAULT;
  private static final int LONG = 1_000_000;

  @TempDir Path folder;

  private record EvaluationOutput(EvaluationResult result, List<Prediction> predictions) {}

  private static EvaluationOutput run(
      String task, EvaluationOptions options, WordTokenizer tokenizer, FakeModel model) {
    Task loaded = Task.load(task);
    return run(loaded, TaskFolders.lookAlike(loaded.name()), options, tokenizer, model);
  }

  private static EvaluationOutput run(
      Task task, Path data, EvaluationOptions options, WordTokenizer tokenizer, FakeModel model) {
    List<Prediction> predictions = new ArrayList<>();
    EvaluationResult result = model.evaluate(task, data, options, tokenizer, predictions::add);
    return new EvaluationOutput(result, predictions);
  }

  /** A model that scores one word highest. */
  private static FakeModel preferring(WordTokenizer tokenizer, String word) {
    return FakeModel.scoring(
        LONG, (prompt, continuation) -> tokenizer.decode(continuation).equals(word) ? -0.5 : -2);
  }

  @Test
  void sharedPrefixIsPrefilledOnceAndPromptsAreComplete() {
    WordTokenizer tokenizer = WordTokenizer.withBos();
    FakeModel model = FakeModel.hashing(LONG);
    EvaluationOutput outcome = run("rte", ALL.withLimit(16), tokenizer, model);
    assertEquals(16, model.prompts.size());
    assertEquals(16, model.shared);
    assertEquals(model.prefixes.getFirst().length, outcome.result().setting().prefixTokens());

    List<String> expected = new ArrayList<>();
    PromptListing.stream(
        Task.load("rte"),
        TaskFolders.lookAlike("rte"),
        ALL.withLimit(16),
        line -> expected.add("<s>" + line.get("prompt").asText()));
    assertEquals(expected, model.prompts.stream().map(tokenizer::decode).toList());
    // All ten demonstrations are in the prefix.
    String prefix = tokenizer.decode(model.prefixes.getFirst());
    assertEquals(10, prefix.split("select Yes or No\\?", -1).length - 1);
    assertEquals("bos 0", outcome.result().setting().bosPolicy());
  }

  @Test
  void countsAgreeWithPredictions() {
    EvaluationOutput outcome = run("cb", ALL, WordTokenizer.plain(), FakeModel.hashing(LONG));
    List<Prediction> predictions = outcome.predictions();
    EvaluationResult.Counts counts = outcome.result().counts();
    assertEquals(20, predictions.size());
    int[][] confusion = new int[3][3];
    for (Prediction p : predictions) {
      int best = 0;
      for (int i = 1; i < 3; i++) {
        best = p.logProbabilities().get(i) > p.logProbabilities().get(best) ? i : best;
      }
      assertEquals(best, p.predicted().getAsInt());
      assertEquals(best == p.gold().getAsInt(), p.correct());
      confusion[p.gold().getAsInt()][best]++;
    }
    assertEquals(Arrays.deepToString(confusion), counts.confusion().get().counts().toString());
    assertEquals(confusion[0][0] + confusion[1][1] + confusion[2][2], counts.correct());
    assertEquals(
        predictions.stream().map(Prediction::row).sorted().toList(),
        predictions.stream().map(Prediction::row).toList());
    assertEquals(
        List.of(7, 7, 6), Arrays.stream(confusion).map(row -> Arrays.stream(row).sum()).toList());
  }

  @Test
  void thePapersAccuracyDividesByOneLess() {
    for (String task : List.of("cb:paper", "rte:paper", "mrpc:paper")) {
      WordTokenizer tokenizer = WordTokenizer.plain();
      String word = task.startsWith("mrpc") ? " true" : " Yes";
      EvaluationOutput outcome = run(task, ALL, tokenizer, preferring(tokenizer, word));
      EvaluationResult.Counts counts = outcome.result().counts();
      int expected =
          switch (task) {
            case "cb:paper" -> 7;
            case "rte:paper" -> 10;
            default -> 12;
          };
      assertEquals(expected, counts.correct());
      assertEquals(OptionalDouble.of((double) expected / (counts.n() - 1)), counts.paperAccuracy());
      assertEquals((double) expected / counts.n(), outcome.result().accuracy());
    }
    WordTokenizer tokenizer = WordTokenizer.plain();
    assertEquals(
        OptionalDouble.empty(),
        run("cb", ALL, tokenizer, preferring(tokenizer, " Yes")).result().counts().paperAccuracy());
  }

  @Test
  void tieGoesToTheLowestClassAndInThePaperIsAnError() {
    EvaluationOutput corrected =
        run("cb", ALL, WordTokenizer.plain(), FakeModel.scoring(LONG, (prompt, ids) -> -1));
    assertEquals(20, corrected.result().counts().ties());
    assertEquals(7, corrected.result().counts().correct());
    assertTrue(corrected.predictions().stream().allMatch(p -> p.predicted().getAsInt() == 0));

    EvaluationOutput paper =
        run("cb:paper", ALL, WordTokenizer.plain(), FakeModel.scoring(LONG, (prompt, ids) -> -1));
    assertEquals(0, paper.result().counts().correct());
    assertEquals(20, paper.result().counts().ties());
    assertTrue(paper.predictions().getFirst().toJson().get("predicted").isNull());
    assertEquals(List.of(7, 7, 6), paper.result().counts().confusion().get().unpredicted());

    // Equal scores below the highest are not a tie.
    WordTokenizer tokenizer = WordTokenizer.plain();
    assertEquals(
        0,
        run("cb:paper", ALL, tokenizer, preferring(tokenizer, " Maybe")).result().counts().ties());
  }

  @Test
  void copaScoresEachRowsOwnChoicesAndAlsoPerToken() {
    // -1 per token: the shorter choice has the higher sum, and per token all are equal.
    FakeModel model = FakeModel.scoring(LONG, (prompt, ids) -> -ids.length);
    EvaluationOutput outcome = run("copa", ALL.withLimit(15), WordTokenizer.plain(), model);
    EvaluationResult.Counts counts = outcome.result().counts();
    List<DataRow> rows =
        DataFolder.open(Task.load("copa").data(), TaskFolders.lookAlike("copa"))
            .rows(DataSplit.VALIDATION);
    int first = 0;
    int shorter = 0;
    for (Prediction prediction : outcome.predictions()) {
      DataRow row = rows.get(prediction.row());
      first += row.label() == 0 ? 1 : 0;
      int one = row.fields().get("choice1").split(" ", -1).length;
      int two = row.fields().get("choice2").split(" ", -1).length;
      shorter += (two < one ? 1 : 0) == row.label() ? 1 : 0;
    }
    assertEquals(shorter, counts.correct());
    // Of an odd number of rows: the other choice would have another accuracy.
    assertEquals(OptionalDouble.of(first / 15.0), counts.lengthNormalisedAccuracy());
    EvaluationOutput paper = run("copa:paper", ALL, WordTokenizer.plain(), FakeModel.hashing(LONG));
    assertTrue(paper.result().notes().getFirst().startsWith("Differs from the reference"));
    assertTrue(paper.result().counts().lengthNormalisedAccuracy().isPresent());
  }

  @Test
  void squadAnswerEndsAtALineBreak() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    int[] reply = tokenizer.encode(" 308 points\n more");
    EvaluationOutput outcome =
        run("squad", ALL.withLimit(20).withShots(2), tokenizer, FakeModel.replying(LONG, reply));
    assertEquals("308 points", outcome.predictions().getFirst().answer().get().text());
    assertTrue(outcome.result().counts().confusion().isEmpty());
    double mean =
        outcome.predictions().stream()
            .mapToDouble(p -> p.answer().get().f1().orElseThrow())
            .average()
            .orElse(-1);
    assertEquals(mean, outcome.result().counts().f1().getAsDouble(), 1e-12);
    JsonNode line = outcome.predictions().getFirst().toJson();
    assertTrue(line.get("gold").isArray());
    assertFalse(line.has("predicted"));
    JsonNode json = outcome.result().toJson();
    assertTrue(json.has("f1") && json.has("exact_match") && !json.has("confusion"));
  }

  @Test
  void specialOrPaddingIdEndsAnAnswer() {
    for (int end : new int[] {WordTokenizer.BOS, 1_000_000}) {
      WordTokenizer tokenizer = WordTokenizer.plain();
      int[] reply = tokenizer.encode(" one two three");
      reply[2] = end;
      EvaluationOutput outcome =
          run("squad", ALL.withLimit(1).withShots(0), tokenizer, FakeModel.replying(LONG, reply));
      assertEquals("one two", outcome.predictions().getFirst().answer().get().text());
    }
  }

  @Test
  void resultAsJson() {
    EvaluationOutput outcome =
        run(
            "cb:paper",
            ALL.withLimit(10).withSeed(2),
            WordTokenizer.plain(),
            FakeModel.hashing(LONG));
    JsonNode json = outcome.result().toJson();
    assertEquals("cb", json.get("task").asText());
    assertEquals("paper", json.get("version").asText());
    assertEquals(64, json.get("task_sha256").asText().length());
    assertEquals("test", json.get("split").asText());
    assertEquals(10, json.get("n").asInt());
    assertEquals(10, json.get("limit").asInt());
    assertEquals(2, json.get("seed").asInt());
    assertEquals(5, json.get("shots_asked").asInt());
    assertEquals(5, json.get("shots_used").asInt());
    assertEquals(5, json.get("demonstrations").size());
    assertEquals("none", json.get("bos").asText());
    assertEquals(json.get("correct").asInt() / 9.0, json.get("paper_accuracy").asDouble());
    assertTrue(json.get("interval").get("lower").asDouble() <= json.get("accuracy").asDouble());
    assertEquals(3, json.get("confusion").get("labels").size());
  }

  @Test
  void predictionsFileIsCompleteOrUntouched() throws IOException {
    Path target = folder.resolve("p.jsonl");
    Task task = Task.load("cb");
    try (JsonLinesWriter writer =
        JsonLinesWriter.open(OutputFile.replacing(target), TaskException::new)) {
      FakeModel.hashing(LONG)
          .evaluate(
              task,
              TaskFolders.lookAlike("cb"),
              ALL,
              WordTokenizer.plain(),
              p -> writer.write(p.toJson()));
      assertFalse(Files.exists(target));
      writer.commit();
    }
    List<String> lines = Files.readAllLines(target);
    assertEquals(20, lines.size());
    JsonNode first = new ObjectMapper().readTree(lines.getFirst());
    List<String> keys = new ArrayList<>();
    first.fieldNames().forEachRemaining(keys::add);
    assertEquals(
        List.of(
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
        keys);
    List<String> hashes = new ArrayList<>();
    PromptListing.stream(
        task,
        TaskFolders.lookAlike("cb"),
        ALL,
        line -> hashes.add(Sha256.hex(line.get("prompt").asText())));
    assertEquals(hashes.getFirst(), first.get("prompt_sha256").asText());

    try (JsonLinesWriter writer =
        JsonLinesWriter.open(OutputFile.replacing(target), TaskException::new)) {
      writer.write(null);
    } catch (NullPointerException e) {
      assertEquals(lines, Files.readAllLines(target));
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(target), files.toList());
    }
    TaskException e =
        assertThrows(
            TaskException.class,
            () ->
                JsonLinesWriter.open(
                    OutputFile.replacing(folder.resolve("no/p.jsonl")), TaskException::new));
    assertTrue(e.getMessage().endsWith("cannot be written: no such folder"), e.getMessage());
  }

  @Test
  void rejectsNaNScores() {
    TaskException e =
        assertThrows(
            TaskException.class,
            () ->
                run(
                    "cb",
                    ALL,
                    WordTokenizer.plain(),
                    FakeModel.scoring(LONG, (prompt, ids) -> Double.NaN)));
    assertEquals(
        "val.jsonl: row 0: expected a log-likelihood for 'entailment', found NaN from the model",
        e.getMessage());
  }

  @Test
  void scoresDoNotDependOnTheBatch() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    List<Prediction> all = run("sst2", ALL, tokenizer, FakeModel.hashing(LONG)).predictions();
    for (Prediction one :
        run("sst2", ALL.withLimit(7), tokenizer, FakeModel.hashing(LONG)).predictions()) {
      Prediction same = all.stream().filter(p -> p.row() == one.row()).findFirst().orElseThrow();
      assertArrayEquals(same.logProbabilities().toArray(), one.logProbabilities().toArray());
    }
  }
}
