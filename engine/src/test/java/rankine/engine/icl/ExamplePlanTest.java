package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.TaskException;

/** Which rows are shown and which are asked. */
class ExamplePlanTest {
  private static final EvaluationOptions TEST = EvaluationOptions.DEFAULT;
  private static final EvaluationOptions VALIDATION = TEST.withPart(EvaluationSplit.VALIDATION);

  private static ExamplePlan plan(String task, EvaluationOptions options) {
    Task loaded = Task.load(task);
    return ExamplePlan.of(loaded, SharedData.of(loaded.name()), options);
  }

  @ParameterizedTest
  @CsvSource({
    "cb:paper, 235, 56", "cb:corrected, 235, 56",
    "rte:paper, 400, 277", "rte:corrected, 400, 277",
    "copa:paper, 200, 100", "copa:corrected, 200, 100",
    "mrpc:paper, 408, 1725", "mrpc:corrected, 408, 1725",
    "agnews:paper, 1000, 2000", "agnews:corrected, 1000, 2000",
    // Of 3,000 rows: half of each class (675 + 825); then all but 100 a class.
    "sst2:paper, 1500, 1300", "sst2:corrected, 1500, 872",
    "demo-sentiment, 300, 600", "demo-topic, 300, 600",
  })
  void sizes(String task, int validation, int test) {
    assertEquals(validation, plan(task, VALIDATION).rows().size());
    assertEquals(test, plan(task, TEST).rows().size());
  }

  @Test
  void aSingleSquadFileIsDividedByArticle() {
    ExamplePlan validation = plan("squad", VALIDATION);
    ExamplePlan test = plan("squad", TEST);
    assertEquals(groups(32, 48), groups(test.rows()));
    assertEquals(groups(16, 32), groups(validation.rows()));
    assertTrue(groups(0, 16).containsAll(groups(test.drawn())));
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
    for (String name : Task.BUILT_IN) {
      for (String version : List.of("paper", "corrected")) {
        if (!name.equals("emoc") && !(name.startsWith("demo") && version.equals("paper"))) {
          for (EvaluationSplit part : EvaluationSplit.values()) {
            for (long seed = 0; seed < 5; seed++) {
              ExamplePlan plan = plan(name + ":" + version, TEST.withPart(part).withSeed(seed));
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
    for (String task : List.of("sst2:paper", "sst2", "mrpc", "agnews", "rte", "copa", "squad")) {
      Set<DataRow> validation = new HashSet<>(plan(task, VALIDATION).rows());
      assertFalse(plan(task, TEST).rows().stream().anyMatch(validation::contains), task);
    }
  }

  @Test
  void theSeedChoosesDemonstrationsAndNothingElse() {
    for (String task : List.of("sst2:paper", "sst2", "mrpc", "agnews", "rte", "copa", "squad")) {
      ExamplePlan zero = plan(task, VALIDATION);
      ExamplePlan one = plan(task, VALIDATION.withSeed(1));
      assertEquals(zero.rows(), one.rows(), task);
      assertNotEquals(zero.drawn(), one.drawn(), task);
      assertEquals(one.drawn(), plan(task, TEST.withSeed(1)).drawn(), task);
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
    for (String task : List.of("sst2", "cb", "agnews:paper", "squad")) {
      for (EvaluationSplit part : EvaluationSplit.values()) {
        EvaluationOptions options = TEST.withPart(part);
        List<DataRow> fifty = plan(task, options.withLimit(50)).rows();
        List<DataRow> hundred = plan(task, options.withLimit(100)).rows();
        assertEquals(50, fifty.size());
        assertTrue(hundred.containsAll(fifty), task);
        assertTrue(isInFileOrder(fifty) && isInFileOrder(hundred));
        assertTrue(plan(task, options).rows().containsAll(hundred));
        if (!task.equals("cb")) {
          assertEquals(fifty, plan(task, options.withLimit(50).withSeed(9)).rows(), task);
        }
      }
    }
    assertEquals(56, plan("cb", TEST.withLimit(1000)).rows().size());
  }

  @Test
  void aLimitIsNoBeginning() {
    List<DataRow> rows = plan("sst2", TEST.withLimit(100)).rows();
    assertTrue(rows.getLast().index() > 700, "the last of 100 of 872 is " + rows.getLast().index());
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
        List.of("validation: 1000 rows of train instead of 8000, for train has too few"),
        plan("agnews", VALIDATION).notes());
    assertEquals(List.of(), plan("agnews", TEST).notes());
    assertEquals(List.of(), plan("rte", VALIDATION).notes());
    assertTrue(plan("mrpc", VALIDATION).notes().getFirst().contains("no validation file"));
    TaskException e = assertThrows(TaskException.class, () -> plan("cb", TEST.withShots(17)));
    assertEquals(
        "shots: expected at most the 16 rows that class neutral has for demonstrations, found 17",
        e.getMessage());
  }
}
