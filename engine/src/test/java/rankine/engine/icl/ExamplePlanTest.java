package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.TaskException;

/** Selection of demonstrations and examples. */
class ExamplePlanTest {
  private static final EvaluationOptions TEST = EvaluationOptions.DEFAULT;
  private static final EvaluationOptions VALIDATION = TEST.withPart(EvaluationSplit.VALIDATION);

  private static ExamplePlan plan(String task, EvaluationOptions options) {
    return plan(TaskFolders::lookAlike, task, options);
  }

  private static ExamplePlan plan(
      Function<String, Path> data, String task, EvaluationOptions options) {
    Task loaded = Task.load(task);
    return ExamplePlan.of(loaded, data.apply(loaded.name()), options);
  }

  @ParameterizedTest
  @CsvSource({
    // Of 36 rows all but the 15 that are shown.
    "cb:paper, 21, 20", "cb:corrected, 21, 20",
    // Of 40 rows half, because there are fewer than the task takes.
    "rte:paper, 20, 20", "rte:corrected, 20, 20",
    "copa:paper, 20, 20", "copa:corrected, 20, 20",
    "mrpc:paper, 20, 20", "mrpc:corrected, 20, 20",
    "agnews:paper, 20, 24", "agnews:corrected, 20, 24",
    // Of 46 rows 12 are of others, which only the paper takes.
    "emoc:paper, 23, 24", "emoc:corrected, 17, 18",
    // Of 48 rows: half of each class (12 + 12); then half of each again.
    "sst2:paper, 24, 12", "sst2:corrected, 24, 24",
    "demo-sentiment, 300, 600", "demo-topic, 300, 600",
  })
  void sizes(String task, int validation, int test) {
    assertEquals(validation, plan(task, VALIDATION).rows().size());
    assertEquals(test, plan(task, TEST).rows().size());
  }

  @Tag("shared")
  @ParameterizedTest
  @CsvSource({
    "cb:paper, 235, 56", "cb:corrected, 235, 56",
    "rte:paper, 400, 277", "rte:corrected, 400, 277",
    "copa:paper, 200, 100", "copa:corrected, 200, 100",
    "mrpc:paper, 408, 1725", "mrpc:corrected, 408, 1725",
    "agnews:paper, 1000, 2000", "agnews:corrected, 1000, 2000",
    // Of 3,000 rows: half of each class (675 + 825); then all but 100 a class.
    "sst2:paper, 1500, 1300", "sst2:corrected, 1500, 872",
  })
  void sizesOfRealData(String task, int validation, int test) {
    assertEquals(validation, plan(TaskFolders::real, task, VALIDATION).rows().size());
    assertEquals(test, plan(TaskFolders::real, task, TEST).rows().size());
  }

  @Test
  void aSingleSquadFileIsDividedByArticle() {
    squadInThirds(TaskFolders::lookAlike, 6);
  }

  private static void squadInThirds(Function<String, Path> data, int articles) {
    ExamplePlan validation = plan(data, "squad", VALIDATION);
    ExamplePlan test = plan(data, "squad", TEST);
    int third = articles / 3;
    assertEquals(groups(2 * third, articles), groups(test.rows()));
    assertEquals(groups(third, 2 * third), groups(validation.rows()));
    assertTrue(groups(0, third).containsAll(groups(test.drawn())));
    assertEquals(10, test.drawn().size());
    assertEquals(1, test.notes().size());
  }

  private static Set<Integer> groups(List<DataRow> rows) {
    return rows.stream().map(DataRow::group).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Integer> groups(int from, int to) {
    Set<Integer> groups = new TreeSet<>();
    for (int i = from; i < to; i++) {
      groups.add(i);
    }
    return groups;
  }

  @ParameterizedTest
  @CsvSource({
    "cb:paper, '0,2,1,0,2'", "cb:corrected, '0,2,1,0,2,1,0,2,1,0,2,1,0,2,1'",
    "rte:paper, '0,1,0,1,0'", "rte:corrected, '0,1,0,1,0,1,0,1,0,1'",
    "copa:paper, '1,0,1,0,1'", "copa:corrected, '1,0,1,0,1,0,1,0,1,0'",
    "sst2:paper, '1,0,1,0,1,0,1,0,1,0'", "mrpc:paper, '1,0,1,0,1,0,1,0,1,0'",
    "agnews:paper, '0,1,2,3,0,1,2,3'",
  })
  void classesTakeTurns(String task, String order) {
    ExamplePlan plan = plan(task, TEST);
    String shown =
        plan.demonstrations(plan.shots()).stream()
            .map(row -> Integer.toString(row.label()))
            .collect(Collectors.joining(","));
    assertEquals(order, shown);
  }

  @Test
  void noDemonstrationIsEverEvaluated() {
    noneIsEvaluated(TaskFolders::lookAlike);
  }

  private static void noneIsEvaluated(Function<String, Path> data) {
    for (String name : Task.BUILT_IN) {
      for (String version : TaskFolders.versions(name)) {
        if (Files.isDirectory(data.apply(name))) {
          for (EvaluationSplit part : EvaluationSplit.values()) {
            for (long seed = 0; seed < 5; seed++) {
              ExamplePlan plan =
                  plan(data, name + ":" + version, TEST.withPart(part).withSeed(seed));
              Set<DataRow> asked = new HashSet<>(plan.rows());
              assertEquals(asked.size(), plan.rows().size());
              assertFalse(plan.drawn().stream().anyMatch(asked::contains), name);
              assertTrue(isInFileOrder(plan.rows()), name);
            }
          }
        }
      }
    }
  }

  private static boolean isInFileOrder(List<DataRow> rows) {
    return rows.equals(rows.stream().sorted(Comparator.comparingInt(DataRow::index)).toList());
  }

  @Test
  void validationAndTestAreApart() {
    partsAreApart(TaskFolders::lookAlike);
  }

  private static void partsAreApart(Function<String, Path> data) {
    for (String task : List.of("sst2:paper", "sst2", "mrpc", "agnews", "rte", "copa", "squad")) {
      Set<DataRow> validation = new HashSet<>(plan(data, task, VALIDATION).rows());
      assertFalse(plan(data, task, TEST).rows().stream().anyMatch(validation::contains), task);
    }
  }

  @Test
  void theSeedChoosesDemonstrationsAndNothingElse() {
    theSeedChoosesDemonstrations(TaskFolders::lookAlike);
  }

  private static void theSeedChoosesDemonstrations(Function<String, Path> data) {
    for (String task : List.of("sst2:paper", "sst2", "mrpc", "agnews", "rte", "copa", "squad")) {
      ExamplePlan zero = plan(data, task, VALIDATION);
      ExamplePlan one = plan(data, task, VALIDATION.withSeed(1));
      assertEquals(zero.rows(), one.rows(), task);
      assertNotEquals(zero.drawn(), one.drawn(), task);
      assertEquals(one.drawn(), plan(data, task, TEST.withSeed(1)).drawn(), task);
    }
  }

  @Test
  void fewerShotsAreABeginningOfMore() {
    for (String task : List.of("cb:paper", "cb", "sst2", "squad")) {
      List<DataRow> many = plan(task, TEST.withShots(5)).drawn();
      ExamplePlan few = plan(task, TEST.withShots(2));
      assertEquals(many.subList(0, few.drawn().size()), few.drawn(), task);
    }
  }

  @Test
  void limitsAreNestedAndKeepFileOrder() {
    limitsAreNested(TaskFolders::lookAlike, 5, 10);
    assertEquals(20, plan("cb", TEST.withLimit(1000)).rows().size());
  }

  private static void limitsAreNested(Function<String, Path> data, int small, int large) {
    for (String task : List.of("sst2", "cb", "agnews:paper", "squad")) {
      for (EvaluationSplit part : EvaluationSplit.values()) {
        EvaluationOptions options = TEST.withPart(part);
        List<DataRow> few = plan(data, task, options.withLimit(small)).rows();
        List<DataRow> more = plan(data, task, options.withLimit(large)).rows();
        assertEquals(small, few.size());
        assertTrue(more.containsAll(few), task);
        assertTrue(isInFileOrder(few) && isInFileOrder(more));
        assertTrue(plan(data, task, options).rows().containsAll(more));
        if (!task.equals("cb")) {
          assertEquals(few, plan(data, task, options.withLimit(small).withSeed(9)).rows(), task);
        }
      }
    }
  }

  @Test
  void aLimitIsNoBeginning() {
    List<DataRow> rows = plan("demo-topic", TEST.withLimit(60)).rows();
    assertTrue(rows.getLast().index() > 500, "the last of 60 of 600 is " + rows.getLast().index());
  }

  /** Computed outside Java from the specified generator and the documented seed. */
  @Test
  void thePermutationIsFixedForEver() {
    assertEquals(
        List.of(2, 7, 1, 3, 8, 6, 4, 0, 9, 5), Randomness.permutation(10, "cb", "limit", 0));
  }

  @Test
  void shortagesAreNotedOrRefused() {
    assertEquals(
        List.of("validation: 20 rows of train instead of 8000, because train has too few"),
        plan("agnews", VALIDATION).notes());
    assertEquals(List.of(), plan("agnews", TEST).notes());
    assertTrue(plan("mrpc", VALIDATION).notes().getFirst().contains("no validation file"));
    TaskException e = assertThrows(TaskException.class, () -> plan("cb", TEST.withShots(13)));
    assertEquals(
        "shots: expected at most the 12 rows that class entailment has for demonstrations, found 13",
        e.getMessage());
  }

  /** With as many rows as a task takes, nothing is noted. */
  @Test
  void enoughRowsAreNotNoted(@TempDir Path folder) throws IOException {
    String row = "{\"premise\":\"p%d\",\"hypothesis\":\"h\",\"label\":%d}\n";
    StringBuilder train = new StringBuilder();
    for (int i = 0; i < 800; i++) {
      train.append(row.formatted(i, i % 2));
    }
    Files.writeString(folder.resolve("train.jsonl"), train);
    Files.writeString(folder.resolve("val.jsonl"), row.formatted(0, 0));
    ExamplePlan plan = ExamplePlan.of(Task.load("rte"), folder, VALIDATION);
    assertEquals(List.of(), plan.notes());
    assertEquals(400, plan.rows().size());
  }

  /** The paper's test part of SST-2 is the rest of train but 100 rows a class. */
  @Test
  void theRestOfALargeTrainFileIsThePapersTestPart(@TempDir Path folder) throws IOException {
    StringBuilder train = new StringBuilder("sentence\tlabel\n");
    for (int i = 0; i < 3000; i++) {
      train.append("sentence %d\t%d\n".formatted(i, i % 20 < 11 ? 1 : 0));
    }
    Files.writeString(folder.resolve("train.tsv"), train);
    assertEquals(1500, ExamplePlan.of(Task.load("sst2:paper"), folder, VALIDATION).rows().size());
    assertEquals(1300, ExamplePlan.of(Task.load("sst2:paper"), folder, TEST).rows().size());
  }

  @Tag("shared")
  @Test
  void realData() {
    squadInThirds(TaskFolders::real, 48);
    noneIsEvaluated(task -> TaskFolders.isReal(task) ? TaskFolders.real(task) : Path.of("none"));
    partsAreApart(TaskFolders::real);
    theSeedChoosesDemonstrations(TaskFolders::real);
    limitsAreNested(TaskFolders::real, 50, 100);
    assertEquals(List.of(), plan(TaskFolders::real, "rte", VALIDATION).notes());
    TaskException e =
        assertThrows(TaskException.class, () -> plan(TaskFolders::real, "cb", TEST.withShots(17)));
    assertEquals(
        "shots: expected at most the 16 rows that class neutral has for demonstrations, found 17",
        e.getMessage());
  }
}
