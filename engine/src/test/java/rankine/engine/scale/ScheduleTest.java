package rankine.engine.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;

/** The cost model against sums worked out by hand, and the schedule against bounds of any. */
class ScheduleTest {
  /** One flop a second, and nothing to start or load. */
  private static final ExecutorSpeed UNIT = new ExecutorSpeed(1, 1, 1, 0);

  private static GridCost grid(int layers, int prompts, int targets) {
    return new GridCost(
        layers,
        1,
        0,
        2,
        Stream.generate(() -> new PromptCost(10, 5, true)).limit(prompts).toList(),
        IntStream.range(0, targets).mapToObj(layer -> new TargetCost(layer, 7, 0)).toList());
  }

  /**
   * The validation part of a search over R rates above 0 at layer ℓ of L, N queries of Q tokens
   * after D tokens: (D + NQ) L + R (D + NQ) (L − ℓ) token-layers.
   */
  @Test
  void aSearchCostsItsTokenLayers() {
    long tokens = 400 + 200 * 40;
    GridCost search =
        new GridCost(
            28,
            1,
            0,
            8,
            List.of(new PromptCost(tokens, 0, true)),
            List.of(new TargetCost(26, 0, 0)));
    assertEquals(8400.0 * 28 + 8 * 8400.0 * 2, Schedule.of(search, UNIT, 1).seconds());
  }

  /**
   * Two layers, two prompts, one executor: 2 · 15 · 2 for the unedited model; at layer 0 two groups
   * of (2 · 10 + 5) · 2, at layer 1 two of half of that, with 15 for the layer between; and two
   * decompositions.
   */
  @Test
  void oneExecutorNeedsTheSum() {
    Schedule schedule = Schedule.of(grid(2, 2, 2), UNIT, 1);
    assertEquals(60 + 2 * 50 + 2 * (25 + 15) + 2 * 7, schedule.seconds());
    assertEquals(schedule.seconds(), schedule.work().total());
    assertEquals(1, schedule.busy());
    assertEquals(60 + 100 + 50, schedule.work().forward());
    assertEquals(30, schedule.work().prefix());
    assertEquals(14, schedule.work().decomposition());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 50, 500})
  void noScheduleIsShorterThanItsWorkAllows(int executors) {
    GridCost grid = grid(12, 6, 12);
    Schedule schedule = Schedule.of(grid, UNIT, executors);
    double work = schedule.work().total();
    // The longest group, of layer 0: its rates and the choice on 12 layers, and a decomposition.
    double longest = (2 * 10 + 5) * 12 + 7;
    assertTrue(schedule.seconds() >= work / executors, "the work, shared out");
    assertTrue(schedule.seconds() >= schedule.plainSeconds() + longest);
    // Graham 1969: a list schedule ends at the latest after its mean and its longest task.
    assertTrue(schedule.seconds() <= 2 * (schedule.plainSeconds() + work / executors + longest));
    assertTrue(schedule.busy() <= 1);
  }

  @Test
  void withoutReplayEveryRateRunsEveryLayer() {
    GridCost text =
        new GridCost(
            12,
            1,
            0,
            3,
            List.of(new PromptCost(100, 50, false)),
            List.of(new TargetCost(10, 0, 0)));
    Schedule schedule = Schedule.of(text, UNIT, 1);
    assertEquals(150 * 12 + (3 * 100 + 50) * 12, schedule.seconds());
    assertEquals(0, schedule.work().prefix());
  }

  /** Two targets; the second step, after one of them, has one left, decomposed before. */
  @Test
  void aStepOfAGreedySearchHasOneTargetFewer() {
    GridCost once = grid(2, 1, 2);
    assertEquals(once, once.repeated(1));
    GridCost twice = once.repeated(5);
    assertEquals(3, twice.groups());
    assertEquals(
        Schedule.of(once, UNIT, 1).seconds() + (2 * 10 + 5) * 2,
        Schedule.of(twice, UNIT, 1).seconds());
  }

  @Test
  void whatHasStartedCompilesOnly() {
    GridCost grid = new GridCost(1, 1, 1000, 1, grid(1, 1, 1).prompts(), grid(1, 1, 1).targets());
    GridEstimate estimate = new GridEstimate(grid, new ExecutorSpeed(1, 1, 10, 7));
    double work = estimate.on(1).seconds() - 7 - 1000 / 10;
    assertEquals(work + ExecutorSpeed.COMPILATION, estimate.started(1).seconds(), 1e-12);
  }

  @Test
  void decompositionsOfSquareMatrices() {
    TargetCost cost = TargetCost.of(3, List.of(new int[] {100, 100}), List.of(0.1, 0.9));
    assertEquals(13e6, cost.decomposition());
    // Rank 90 is dense, the matrix less ten triplets; rank 10 runs as two factors.
    assertEquals(2 * 100 * 100 * 10, cost.edits());
  }

  @Test
  void durations() {
    assertEquals("59 s", Schedule.duration(59));
    assertEquals("1.5 min", Schedule.duration(90));
    assertEquals("47.5 h", Schedule.duration(47.5 * 3600));
    assertEquals("3.0 days", Schedule.duration(3 * 86400));
  }
}
