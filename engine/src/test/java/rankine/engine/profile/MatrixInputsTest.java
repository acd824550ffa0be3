package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.model.ReferenceLlama;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.run.LoadedModel;

/** Compares the inputs of matrices with reference implementations. */
class MatrixInputsTest {
  private static final Map<String, String> LLAMA =
      Map.of(
          "q_proj", "self_attn.q_proj",
          "k_proj", "self_attn.k_proj",
          "v_proj", "self_attn.v_proj",
          "out_proj", "self_attn.o_proj",
          "fc_in", "mlp.gate_proj",
          "fc_up", "mlp.up_proj",
          "fc_out", "mlp.down_proj");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void everyMatrixOfLlama(int layer) {
    double[] inverse = new double[4];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = Math.pow(10000, -2.0 * i / 8);
    }
    Map<String, List<double[]>> expected = new HashMap<>();
    new ReferenceLlama(
            TestCheckpoint.golden("llama-bf16").tensors,
            3,
            8,
            2,
            1e-5,
            inverse,
            "lm_head.weight",
            (name, x) -> expected.computeIfAbsent(name, n -> new ArrayList<>()).add(x.clone()))
        .logits(Studies.IDS);
    try (LoadedModel loaded = Studies.open("llama-bf16", "vector", 2)) {
      Map<String, double[][]> found =
          Studies.inputs(
              loaded,
              Studies.text(),
              LLAMA.keySet().stream().map(module -> layer + "." + module).toArray(String[]::new));
      for (Map.Entry<String, String> module : LLAMA.entrySet()) {
        String name = layer + "." + module.getKey();
        String tensor = "model.layers." + layer + "." + module.getValue() + ".weight";
        double[][] rows = found.get(name);
        assertEquals(Studies.IDS.length, rows.length);
        for (int t = 0; t < rows.length; t++) {
          assertArrayEquals(expected.get(tensor).get(t), rows[t], 2e-5, name + " at " + t);
        }
      }
    }
  }

  @Test
  void firstMatrixOfGpt2() {
    Map<String, TestCheckpoint.TestTensor> tensors = TestCheckpoint.golden("gpt2-f32").tensors;
    String root = tensors.containsKey("wte.weight") ? "" : "transformer.";
    float[] wte = tensors.get(root + "wte.weight").values();
    float[] wpe = tensors.get(root + "wpe.weight").values();
    float[] scale = tensors.get(root + "h.0.ln_1.weight").values();
    float[] shift = tensors.get(root + "h.0.ln_1.bias").values();
    int d = scale.length;
    try (LoadedModel loaded = Studies.open("gpt2-f32", "scalar", 1)) {
      double[][] found = Studies.inputs(loaded, Studies.text(), "0.k_proj").get("0.k_proj");
      for (int t = 0; t < Studies.IDS.length; t++) {
        double[] x = new double[d];
        for (int i = 0; i < d; i++) {
          x[i] = wte[Studies.IDS[t] * d + i] + wpe[t * d + i];
        }
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / d;
        double[] expected = new double[d];
        for (int i = 0; i < d; i++) {
          expected[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * scale[i] + shift[i];
        }
        assertArrayEquals(expected, found[t], 1e-5, "position " + t);
      }
    }
  }

  @Test
  void sharedPrefixIsReadOnce() {
    int[] ids = Studies.IDS;
    int[] other = Arrays.copyOf(ids, 9);
    other[7] = 40;
    other[8] = 41;
    TextSpans tree = TextSpans.of("test", Arrays.copyOf(ids, 7), List.of(ids, other));
    TextSpans alone = TextSpans.of("test", new int[0], List.of(other));
    String[] modules = {"0.q_proj", "1.v_proj", "2.out_proj", "3.fc_out"};
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 1)) {
      Map<String, double[][]> all = Studies.inputs(loaded, tree, modules);
      for (String module : modules) {
        double[][] found = all.get(module);
        assertEquals(ids.length + 2, found.length);
        // One matrix by itself: as many layers as it needs.
        double[][] expected = Studies.inputs(loaded, Studies.text(), module).get(module);
        assertArrayEquals(expected, Arrays.copyOf(found, ids.length), module);
        assertArrayEquals(
            Arrays.copyOfRange(Studies.inputs(loaded, alone, module).get(module), 7, 9),
            Arrays.copyOfRange(found, ids.length, ids.length + 2),
            module);
      }
    }
  }

  @Test
  void matricesWithTheSameInput() {
    try (LoadedModel loaded = Studies.open("llama-bf16", "scalar", 1)) {
      Map<String, double[][]> found =
          Studies.inputs(loaded, Studies.text(), "1.q_proj", "1.k_proj", "1.fc_in", "1.fc_up");
      assertArrayEquals(found.get("1.q_proj"), found.get("1.k_proj"));
      assertArrayEquals(found.get("1.fc_in"), found.get("1.fc_up"));
      // Both read the slot "normed", which is overwritten in between.
      assertFalse(Arrays.equals(found.get("1.q_proj")[3], found.get("1.fc_in")[3]));
    }
  }
}
