package rankine.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.EditException;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;

/** Layer guide against Commons Math's singular values. */
class LayerGuideTest {
  private static final ModuleSelection MLP = ModuleSelection.of("mlp");

  @TempDir private Path folder;

  /** Four layers; in the named ones half of fc_in's columns are nearly zero. */
  private static TestCheckpoint checkpoint(int... nearlySingular) {
    TestCheckpoint checkpoint = TestCheckpoint.golden("gptj-f16").as(rankine.kernels.DType.F32);
    for (int layer : nearlySingular) {
      float[] in = matrix(checkpoint, layer, "fc_in").values();
      int cols = Math.toIntExact(matrix(checkpoint, layer, "fc_in").shape().getLast());
      for (int i = 0; i < in.length; i++) {
        // Half of the columns are small, so half of the singular values are.
        in[i] *= i % cols < cols / 2 ? 1 : 1e-3f / (1 + layer);
      }
    }
    return checkpoint;
  }

  private static TestCheckpoint.TestTensor matrix(
      TestCheckpoint checkpoint, int layer, String name) {
    return checkpoint.tensors.get("transformer.h." + layer + ".mlp." + name + ".weight");
  }

  private LayerGuide guide(TestCheckpoint checkpoint) throws IOException {
    Path model = checkpoint.write(folder.resolve("model"));
    try (LoadedModel loaded = LoadedModel.open(model, new BackendOptions("vector", 0, 1))) {
      return LayerGuide.of(loaded, MLP, new SilentSearchListener());
    }
  }

  /** σ₁ over the smallest singular value above float32 rounding. */
  private static double condition(TestCheckpoint.TestTensor tensor) {
    int rows = Math.toIntExact(tensor.shape().getFirst());
    int cols = Math.toIntExact(tensor.shape().getLast());
    double[][] w = new double[rows][cols];
    for (int i = 0; i < rows * cols; i++) {
      w[i / cols][i % cols] = tensor.values()[i];
    }
    double[] s =
        new SingularValueDecomposition(new Array2DRowRealMatrix(w, false)).getSingularValues();
    double smallest =
        Arrays.stream(s)
            .filter(value -> value > Math.max(rows, cols) * 0x1p-23 * s[0])
            .min()
            .orElseThrow();
    return s[0] / smallest;
  }

  @Test
  void choosesTheLargestOfTheDeeperHalf() throws IOException {
    TestCheckpoint checkpoint = checkpoint(0, 2);
    LayerGuide guide = guide(checkpoint);
    double[] expected = new double[4];
    for (int layer = 0; layer < 4; layer++) {
      double in = condition(matrix(checkpoint, layer, "fc_in"));
      double out = condition(matrix(checkpoint, layer, "fc_out"));
      List<LayerGuide.MatrixCondition> found = guide.layers().get(layer).matrices();
      assertEquals(layer + ".fc_in", found.get(0).name());
      assertEquals(in, found.get(0).condition().getAsDouble(), 1e-3 * in);
      assertEquals(out, found.get(1).condition().getAsDouble(), 1e-3 * out);
      expected[layer] = Math.max(in, out);
      assertEquals(
          expected[layer],
          guide.layers().get(layer).condition().getAsDouble(),
          1e-3 * expected[layer]);
      assertEquals(layer >= 2, guide.layers().get(layer).deeper());
    }
    assertTrue(expected[2] > 10 * expected[3], "the choice is clear");
    assertEquals(2, guide.chosen());
    JsonNode json = guide.toJson();
    assertEquals(4, json.size());
    assertEquals(2, json.get(2).get("layer").intValue());
    assertFalse(json.get(0).get("candidate").booleanValue(), "shallow");
    assertEquals(2, json.get(2).get("matrices").size());
  }

  @Test
  void neverChoosesAShallowLayer() throws IOException {
    TestCheckpoint checkpoint = checkpoint(0, 1);
    LayerGuide guide = guide(checkpoint);
    assertTrue(
        guide.layers().get(0).condition().getAsDouble()
            > guide.layers().get(guide.chosen()).condition().getAsDouble());
    assertTrue(guide.chosen() >= 2);
  }

  private static LayerGuide.GuidedLayer layer(int layer, boolean deeper, double condition) {
    OptionalDouble conditionNumber =
        condition == 0 ? OptionalDouble.empty() : OptionalDouble.of(condition);
    return new LayerGuide.GuidedLayer(
        layer,
        deeper,
        List.of(new LayerGuide.MatrixCondition(layer + ".fc_in", 3, conditionNumber)));
  }

  @Test
  void tiesGoToTheDeepest() {
    List<LayerGuide.GuidedLayer> layers =
        List.of(layer(0, false, 9), layer(1, true, 7), layer(2, true, 7), layer(3, true, 0));
    assertEquals(2, LayerGuide.choose(MLP, layers));
  }

  @Test
  void zeroMatricesHaveNoConditionNumber() throws IOException {
    TestCheckpoint checkpoint = checkpoint(3);
    Arrays.fill(matrix(checkpoint, 3, "fc_in").values(), 0);
    Arrays.fill(matrix(checkpoint, 3, "fc_out").values(), 0);
    LayerGuide guide = guide(checkpoint);
    assertTrue(guide.layers().get(3).condition().isEmpty());
    assertFalse(guide.toJson().get(3).has("condition_number"));
    assertEquals(2, guide.chosen());
    Arrays.fill(matrix(checkpoint, 2, "fc_in").values(), 0);
    Arrays.fill(matrix(checkpoint, 2, "fc_out").values(), 0);
    EditException e = assertThrows(EditException.class, () -> guide(checkpoint));
    assertTrue(e.getMessage().startsWith("layer: expected a matrix of mlp"), e.getMessage());
  }

  @Test
  void refusesWeightsThatAreNotFinite() throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    matrix(checkpoint, 1, "fc_out").values()[5] = Float.POSITIVE_INFINITY;
    EditException e = assertThrows(EditException.class, () -> guide(checkpoint));
    assertEquals(
        "1.fc_out: expected finite elements, found Infinity at row 0, column 5", e.getMessage());
  }
}
