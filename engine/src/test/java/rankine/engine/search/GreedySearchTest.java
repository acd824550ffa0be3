package rankine.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/**
 * Greedy search on the built-in checkpoint, with noise in some matrices that zeroing them removes.
 */
class GreedySearchTest {
  private static final Path DEMO = TestData.demo();
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT.withLimit(24);
  private static final EditPlan ZERO =
      new EditPlan(List.of(), EditMethod.ZERO, FactoredMode.AUTO, 0);

  @TempDir private Path folder;

  @Test
  void guidedTargetsComeDeepestFirst() {
    try (LoadedModel demo =
        LoadedModel.open(DEMO.resolve("overfitted"), BackendOptions.standard())) {
      List<LayerGuide> guides =
          List.of(guide("mlp", 3), guide("attn", 5), guide("q_proj", 3), guide("fc_in", 4));
      assertEquals(
          List.of("5 attn", "4 fc_in", "3 mlp", "3 q_proj"),
          GreedySearch.targets(demo.model(), request("auto", "mlp,attn,q_proj,fc_in", 1, 0), guides)
              .stream()
              .map(target -> target.layer() + " " + target.modules().name())
              .toList(),
          "of one layer the module named first");
    }
  }

  private static LayerGuide guide(String module, int chosen) {
    return new LayerGuide(ModuleSelection.of(module), List.of(), chosen);
  }

  private static GreedySearch.GreedyRequest request(
      String layers, String modules, int steps, long... seeds) {
    SearchObjective objective =
        new SearchObjective(
            Task.load("demo-topic"),
            DEMO.resolve("data/topic"),
            OPTIONS,
            Arrays.stream(seeds).boxed().toList());
    return new GreedySearch.GreedyRequest(
        objective,
        LayerSelection.parse(layers),
        Arrays.stream(modules.split(",")).map(ModuleSelection::of).toList(),
        List.of(PruningRate.parse("0.5")),
        ZERO,
        steps);
  }

  private Path withNoise(double... deviations) throws IOException {
    TestCheckpoint checkpoint = TestCheckpoint.read(DEMO.resolve("checkpoint"));
    Random random = new Random(5);
    for (int layer = 0; layer < deviations.length; layer++) {
      float[] w =
          checkpoint.tensors.get("transformer.h.%d.mlp.fc_out.weight".formatted(layer)).values();
      for (int i = 0; i < w.length; i++) {
        w[i] += (float) (deviations[layer] * random.nextGaussian());
      }
    }
    Path model = checkpoint.write(folder.resolve("model"));
    for (String file : List.of("tokenizer.json", "vocab.json", "merges.txt")) {
      Files.copy(DEMO.resolve("checkpoint").resolve(file), model.resolve(file));
    }
    return model;
  }

  private static double evaluate(
      LoadedModel loaded, EvaluationSplit split, long seed, List<Edit> edits) {
    return Evaluator.once(
            loaded.edited(ZERO.withEdits(edits)),
            new EvaluationRequest(
                Task.load("demo-topic"),
                DEMO.resolve("data/topic"),
                OPTIONS.withPart(split).withSeed(seed)),
            Optional.empty(),
            ProgressListener.NONE)
        .score()
        .value();
  }

  private static LoadedModel open(Path model) {
    return LoadedModel.open(model, new BackendOptions("vector", 0, 2));
  }

  @Test
  void findsEveryNoisyMatrixNoisiestFirst() throws IOException {
    try (LoadedModel loaded = open(withNoise(0, 0, 0, 4, 0, 10))) {
      GreedyResult result =
          GreedySearch.run(loaded, request("3-5", "mlp", 3, 0, 1), new SilentSearchListener());
      List<Edit> two = List.of(Edit.parse("5:mlp:0.5"), Edit.parse("3:mlp:0.5"));
      assertEquals(two, result.edits());
      assertEquals(GreedyResult.StopReason.NO_BETTER, result.stop());
      double last = result.plainShown();
      for (int i = 0; i < result.steps().size(); i++) {
        double expected = 0;
        for (long seed : new long[] {0, 1}) {
          List<Edit> edits = result.edits().subList(0, i + 1);
          expected += evaluate(loaded, EvaluationSplit.VALIDATION, seed, edits) / 2;
        }
        double found = result.steps().get(i).shown();
        assertEquals(expected, found, 1e-12);
        assertTrue(found > last, "each step is better");
        last = found;
      }
      for (SeedTests.SeedTest seed : result.test().seeds()) {
        assertEquals(
            evaluate(loaded, EvaluationSplit.TEST, seed.seed(), List.of()),
            seed.plain().score().value());
        assertEquals(
            evaluate(loaded, EvaluationSplit.TEST, seed.seed(), result.edits()),
            seed.pruned().score().value());
      }
      assertEquals(6, result.candidates().size(), "3, then 2, then 1");
      JsonNode json = result.toJson();
      assertEquals("no_better", json.get("stopped").textValue());
      assertEquals(6, json.at("/tried/candidates").intValue());
      assertEquals(3, json.at("/tried/layers").intValue());
      assertEquals("3:mlp:0.5", json.at("/validation/2/edit").textValue());
      assertHolm(json);
    }
  }

  /**
   * Holm multiplies the smallest of the m p-values by m; m counts all candidates with all seeds.
   */
  private static void assertHolm(JsonNode json) {
    double smallest = 1;
    double adjusted = 1;
    for (JsonNode candidate : json.get("candidates")) {
      for (JsonNode seed : candidate.get("seeds")) {
        if (seed.get("p_value").doubleValue() < smallest) {
          smallest = seed.get("p_value").doubleValue();
          adjusted = seed.get("p_value_holm").doubleValue();
        }
      }
    }
    assertTrue(smallest < 1e-3, "a repaired model is better");
    assertEquals(Math.min(1, 12 * smallest), adjusted, 1e-12);
  }

  @Test
  void stopsWhenStepsOrMatricesRunOut() throws IOException {
    try (LoadedModel loaded = open(withNoise(0, 0, 0, 4, 0, 10))) {
      GreedyResult one =
          GreedySearch.run(loaded, request("3,5", "mlp", 1, 0), new SilentSearchListener());
      assertEquals(List.of(Edit.parse("5:mlp:0.5")), one.edits());
      assertEquals(GreedyResult.StopReason.STEPS, one.stop());
      GreedyResult all =
          GreedySearch.run(loaded, request("5", "mlp,fc_out", 3, 0), new SilentSearchListener());
      assertEquals(GreedyResult.StopReason.NOTHING_LEFT, all.stop());
      assertEquals(1, all.edits().size());
      assertEquals(2, all.candidates().size(), "the modules overlap");
    }
  }

  @Test
  void refusesInvalidRequests() {
    GreedySearch.GreedyRequest good = request("3", "mlp", 1, 0);
    assertThrows(
        EditException.class,
        () ->
            new GreedySearch.GreedyRequest(
                good.objective(),
                good.layers(),
                good.modules(),
                List.of(PruningRate.ZERO),
                ZERO,
                1));
    assertThrows(EditException.class, () -> request("3", "mlp,mlp", 1, 0));
    assertThrows(EditException.class, () -> request("3", "mlp", 0, 0));
    assertThrows(EditException.class, () -> request("3", "mlp", 1));
  }
}
