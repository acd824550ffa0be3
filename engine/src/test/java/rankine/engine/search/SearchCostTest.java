package rankine.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridCost.TargetCost;
import rankine.engine.sweep.RateRule;
import rankine.testdata.TestData;

/** What a search of the built-in checkpoint, of 6 layers and 96 features, will cost. */
class SearchCostTest {
  private static final double DECOMPOSITION = (4.0 + 9) * 96 * 96 * 96;
  private static final List<PruningRate> RATES =
      List.of(PruningRate.parse("0.5"), PruningRate.parse("0.9"));

  private static LoadedModel loaded;

  @BeforeAll
  static void open() {
    loaded =
        LoadedModel.open(TestData.demo().resolve("checkpoint"), new BackendOptions("vector", 0, 2));
  }

  @AfterAll
  static void close() {
    loaded.close();
  }

  private static SearchObjective objective() {
    return new SearchObjective(
        Task.load("demo-topic"),
        TestData.demo().resolve("data/topic"),
        EvaluationOptions.DEFAULT.withLimit(5),
        List.of(0L, 7L));
  }

  @Test
  void aSearchHasOneTargetPerSeed() {
    GridCost cost =
        new RateSearch.SearchRequest(
                objective(),
                new SearchSpace.InLayer(
                    new LayerSelection.One(4), ModuleSelection.of("q_proj"), EditPlan.NONE),
                RATES,
                RateRule.BEST)
            .cost(loaded);
    assertEquals(2, cost.groups());
    assertEquals(2, cost.rates());
    // Rank 48 of 96 is dense, the matrix less 48 triplets; rank 9 runs as factors.
    assertEquals(List.of(new TargetCost(4, DECOMPOSITION, 2.0 * 96 * 96 * 48)), cost.targets());
  }

  @Test
  void aGreedySearchHasItsTargetsInEachStep() {
    GridCost cost =
        new GreedySearch.GreedyRequest(
                objective(),
                LayerSelection.parse("1,4"),
                List.of(ModuleSelection.of("q_proj"), ModuleSelection.of("v_proj")),
                RATES,
                EditPlan.NONE,
                2)
            .cost(loaded);
    assertEquals(
        List.of(1, 1, 1, 1, 4, 4, 4), cost.targets().stream().map(TargetCost::layer).toList());
    assertEquals(
        4 * DECOMPOSITION, cost.targets().stream().mapToDouble(TargetCost::decomposition).sum());
  }
}
