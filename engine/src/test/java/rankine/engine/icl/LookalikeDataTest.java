package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.testdata.TestData;

/** The look-alike data sets in {@code testdata/tasks}: all versions of every task run on them. */
class LookalikeDataTest {
  private static List<DataRow> rows(String task, DataSplit split) {
    Task loaded = Task.load(task);
    return DataFolder.open(loaded.data(), TestData.task(loaded.name())).rows(split);
  }

  /** Rows of each class, in the order of the classes. */
  @ParameterizedTest
  @CsvSource({
    "sst2, TRAIN, '[24, 24]'",
    "sst2, VALIDATION, '[12, 12]'",
    "agnews, TRAIN, '[10, 10, 10, 10]'",
    "agnews, TEST, '[6, 6, 6, 6]'",
    "emoc:paper, TRAIN, '[12, 34]'",
    "emoc:paper, TEST, '[6, 18]'",
    "emoc, TRAIN, '[16, 18]'",
    "emoc, TEST, '[6, 12]'",
    "mrpc, TRAIN, '[16, 24]'",
    "mrpc, TEST, '[8, 12]'",
    "rte, TRAIN, '[20, 20]'",
    "rte, VALIDATION, '[10, 10]'",
    "cb, TRAIN, '[12, 12, 12]'",
    "cb, VALIDATION, '[7, 7, 6]'",
    "copa, TRAIN, '[20, 20]'",
    "copa, VALIDATION, '[10, 10]'",
    "hellaswag, TRAIN, '[3, 3, 3, 3]'",
    "hellaswag, VALIDATION, '[8, 1, 2, 1]'",
    "arc, TRAIN, '[3, 2, 1, 2, 0]'",
    "arc, TEST, '[4, 4, 3, 1, 0]'",
    "piqa, VALIDATION, '[7, 3]'",
    "winogrande, VALIDATION, '[4, 6]'",
    "boolq, VALIDATION, '[5, 5]'",
    "mmlu, TRAIN, '[2, 1, 1, 1]'",
    "mmlu, TEST, '[2, 3, 2, 3]'",
  })
  void eachClassHasItsRows(String task, DataSplit split, String expected) {
    int[] counts = new int[Task.load(task).classes().size()];
    rows(task, split).forEach(row -> counts[row.label()]++);
    assertEquals(expected, Arrays.toString(counts));
  }

  @ParameterizedTest
  @CsvSource({
    "sst2:paper",
    "sst2:corrected",
    "agnews:paper",
    "agnews:corrected",
    "emoc:paper",
    "emoc:corrected",
    "mrpc:paper",
    "mrpc:corrected",
    "rte:paper",
    "rte:corrected",
    "cb:paper",
    "cb:corrected",
    "copa:paper",
    "copa:corrected",
    "squad:paper",
    "squad:corrected",
    "arc:corrected",
    "boolq:corrected",
    "hellaswag:corrected",
    "lambada:corrected",
    "mmlu:corrected",
    "piqa:corrected",
    "winogrande:corrected",
  })
  void allVersionsRunWithTheTasksOwnShots(String name) {
    Task task = Task.load(name);
    for (EvaluationSplit part : EvaluationSplit.values()) {
      for (long seed = 0; seed < 10; seed++) {
        EvaluationOptions options =
            EvaluationOptions.DEFAULT.withPart(part).withSeed(seed).withLimit(4);
        ExamplePlan plan = ExamplePlan.of(task, TestData.task(task.name()), options);
        assertEquals(4, plan.rows().size());
        Set<DataRow> shown = new HashSet<>(plan.drawn());
        assertFalse(plan.rows().stream().anyMatch(shown::contains));
      }
      EvaluationResult result =
          FakeModel.hashing(1_000_000)
              .evaluate(
                  task,
                  TestData.task(task.name()),
                  EvaluationOptions.DEFAULT.withPart(part).withLimit(4),
                  WordTokenizer.plain(),
                  prediction -> {});
      assertEquals(4, result.counts().n());
    }
  }

  @Test
  void oddButValidCellsAreReadAsTheyAre() {
    List<String> sst2 = texts(rows("sst2", DataSplit.TRAIN), "sentence");
    assertTrue(sst2.contains("a fable with  teeth and a heart "), "doubled and trailing spaces");
    assertTrue(sst2.contains("`` the orchard '' wilts long before its harvest "));
    assertTrue(sst2.contains("he says \"trust me\" five times , and we never do "));
    assertTrue(sst2.contains("wooden"), "no space at the end");
    List<String> news = texts(rows("agnews", DataSplit.TRAIN), "text");
    assertTrue(news.stream().anyMatch(text -> text.contains("Friday.\nThere were")), "line break");
    assertTrue(news.stream().anyMatch(text -> text.contains("seconds.\\He said")), "backslash");
    assertTrue(news.stream().anyMatch(text -> text.contains("\\$3.1 billion")));
    assertTrue(news.stream().anyMatch(text -> text.contains("read \"twice, and slowly\".")));
    assertTrue(news.stream().anyMatch(text -> text.contains("#39;had run")));
    List<String> first = texts(rows("mrpc", DataSplit.TRAIN), "s1");
    assertTrue(first.stream().anyMatch(text -> text.startsWith("\"It was like a train")));
    assertTrue(
        texts(rows("mrpc", DataSplit.TRAIN), "s2").stream().noneMatch(s -> s.contains("\r")));
    List<String> emoc = texts(rows("emoc", DataSplit.TRAIN), "text");
    assertTrue(emoc.contains("I got the job Wow congrats! Thank you so much \ud83d\ude0a"));
    List<DataRow> squad = rows("squad", DataSplit.VALIDATION);
    assertEquals(37, squad.size());
    assertEquals(5, squad.getLast().group());
    assertTrue(squad.stream().anyMatch(row -> row.answers().size() == 3));
    assertTrue(
        squad.stream().anyMatch(row -> row.fields().get("context").contains("\ud83c\udf3e")));
  }

  private static List<String> texts(List<DataRow> rows, String field) {
    return rows.stream().map(row -> row.fields().get(field)).toList();
  }
}
