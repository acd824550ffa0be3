package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;

/** What a sweep of the built-in checkpoint, a GPT-J of 6 layers and 96 features, will cost. */
class CostCountTest {
  private static LoadedModel loaded;

  @TempDir Path temporary;

  @BeforeAll
  static void open() {
    loaded = DemoSweep.open();
  }

  @AfterAll
  static void close() {
    loaded.close();
  }

  private DemoSweep demo() {
    DemoSweep demo = new DemoSweep(temporary.resolve("run"));
    demo.plan = new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);
    demo.layers = "4,2";
    demo.seeds = List.of(0L, 7L);
    return demo;
  }

  @Test
  void theGridHasTheModelsShapes() throws IOException {
    GridCost cost = demo().request().cost(loaded);
    assertEquals(6, cost.layers());
    assertEquals(2 * (4 * 96 * 96 + 2 * 96 * 384), cost.flopsPerLayer());
    assertEquals(Files.size(DemoSweep.CHECKPOINT.resolve("model.safetensors")), cost.weightBytes());
    assertEquals(2, cost.rates());
    assertEquals(List.of(2, 2, 4, 4), cost.targets().stream().map(TargetCost::layer).toList());
    // fc_in [384, 96] and q_proj [96, 96].
    assertEquals(4.0 * 384 * 96 * 96 + 9.0 * 96 * 96 * 96, decomposition(cost, 0));
    assertEquals(4.0 * 96 * 96 * 96 + 9.0 * 96 * 96 * 96, decomposition(cost, 1));
    assertEquals(8, cost.groups());
  }

  private static double decomposition(GridCost cost, int target) {
    return cost.targets().get(target).decomposition();
  }

  /** Every prompt's tokens, and all of a continuation's but the last, less the common beginning. */
  @Test
  void theTokensAreThoseOfThePrompts() {
    DemoSweep demo = demo();
    GridCost cost = demo.request().cost(loaded);
    assertEquals(2, cost.prompts().size(), "one per seed");
    for (EvaluationSplit split : EvaluationSplit.values()) {
      CellKey key =
          new SearchKey(
                  TaskVersion.parse("demo-topic:corrected"),
                  7,
                  new LayerTarget(2, ModuleSelection.of("fc_in")))
              .cell(PruningRate.ZERO, split);
      TaskPrompts prompts = demo.evaluation(key).prompts(loaded);
      int prefix = prompts.batch().prefix().length;
      long expected =
          prefix
              + prompts.batch().prompts().stream()
                  .mapToLong(
                      prompt ->
                          prompt.ids().length
                              - prefix
                              + prompt.continuations().stream().mapToLong(c -> c.length - 1).sum())
                  .sum();
      PromptCost found = cost.prompts().get(1);
      assertEquals(expected, split == EvaluationSplit.TEST ? found.test() : found.validation());
    }
  }

  @Test
  void methodsWithoutSvdDecomposeNothing() {
    DemoSweep demo = demo();
    demo.plan = new EditPlan(List.of(), EditMethod.MAGNITUDE, FactoredMode.AUTO, 0);
    demo.methods = "zero";
    GridCost cost = demo.request().cost(loaded);
    assertEquals(List.of(0, 2, 2, 4, 4), cost.targets().stream().map(TargetCost::layer).toList());
    assertTrue(cost.targets().stream().allMatch(target -> target.decomposition() == 0));
  }

  /** Of every layer: four square matrices, fc_in and fc_out. */
  @Test
  void aMethodForTheWholeModelDecomposesAllMatrices() {
    DemoSweep demo = demo();
    demo.layers = "";
    demo.modules = "";
    demo.methods = "exact";
    GridCost cost = demo.request().cost(loaded);
    double eigenvectors = 9.0 * 96 * 96 * 96;
    assertEquals(
        6 * (4 * (4.0 * 96 * 96 * 96 + eigenvectors) + 2 * (4.0 * 384 * 96 * 96 + eigenvectors)),
        decomposition(cost, 0));
    assertEquals(0, cost.targets().getFirst().layer());
  }

  /** The guide reads every layer; one of layers 3 to 5 is then pruned. */
  @Test
  void aGuidedSearchDecomposesEveryLayer() {
    CostCount count = new CostCount(loaded);
    List<PruningRate> rates = List.of(PruningRate.ZERO, PruningRate.parse("0.9"));
    count.addGuided(ModuleSelection.of("q_proj"), EditMethod.MAGNITUDE, rates);
    GridCost cost = count.cost(1);
    assertEquals(6 * (4.0 + 9) * 96 * 96 * 96, decomposition(cost, 0));
    assertEquals(3, cost.targets().getFirst().layer());
  }
}
