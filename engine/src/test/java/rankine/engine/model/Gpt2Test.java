package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** Variants of GPT-2 checkpoints, all of the same golden model. */
class Gpt2Test {
  private static final int[] IDS = {3, 1, 300, 7, 7, 42};

  @TempDir private Path folder;

  private float[][] golden;

  @BeforeEach
  void golden() {
    golden = Run.logits(TestData.model("gpt2-f32"), IDS);
  }

  @Test
  void prefixIsOptional() throws IOException {
    TestCheckpoint prefixed = TestCheckpoint.golden("gpt2-f32").rename(n -> "transformer." + n);
    assertArrayEquals(golden, Run.logits(prefixed.write(folder), IDS));
  }

  @Test
  void causalMaskBuffersAreIgnored() throws IOException {
    TestCheckpoint old = TestCheckpoint.golden("gpt2-f32").rename(n -> "transformer." + n);
    for (int l = 0; l < 3; l++) {
      old.random(new Random(l), "transformer.h." + l + ".attn.bias", 1, 1, 1, 64, 64);
      old.random(new Random(l), "transformer.h." + l + ".attn.masked_bias", 1e4, 1);
    }
    assertArrayEquals(golden, Run.logits(old.write(folder), IDS));
  }

  @Test
  void storedHeadOfATiedModelIsIgnored() throws IOException {
    TestCheckpoint both = TestCheckpoint.golden("gpt2-f32");
    both.random(new Random(1), "lm_head.weight", 1, 307, 48);
    assertArrayEquals(golden, Run.logits(both.write(folder), IDS));
  }

  @Test
  void untiedHeadIsUsed() throws IOException {
    TestCheckpoint untied = TestCheckpoint.golden("gpt2-f32").set("tie_word_embeddings", "false");
    untied.tensors.put("lm_head.weight", untied.tensors.get("wte.weight"));
    assertArrayEquals(golden, Run.logits(untied.write(folder), IDS));

    // Row 5 of the LM head times -1: logit 5 changes its sign, all others are unchanged.
    float[] head = untied.tensors.get("wte.weight").values().clone();
    for (int i = 5 * 48; i < 6 * 48; i++) {
      head[i] = -head[i];
    }
    TestCheckpoint.TestTensor old = untied.tensors.get("wte.weight");
    untied.tensors.put(
        "lm_head.weight", new TestCheckpoint.TestTensor(old.dtype(), old.shape(), head));
    float[][] found = Run.logits(untied.write(folder), IDS);
    for (int t = 0; t < IDS.length; t++) {
      float[] expected = golden[t].clone();
      expected[5] = -expected[5];
      assertArrayEquals(expected, found[t]);
    }
  }

  @Test
  void explicitInnerSizeAndContextLength() throws IOException {
    TestCheckpoint same =
        TestCheckpoint.golden("gpt2-f32").set("n_inner", "192").set("n_ctx", "64");
    assertArrayEquals(golden, Run.logits(same.write(folder), IDS));
  }

  @Test
  void layerNormEpsilonIsUsed() throws IOException {
    TestCheckpoint other = TestCheckpoint.golden("gpt2-f32").set("layer_norm_epsilon", "0.5");
    assertFalse(Arrays.deepEquals(golden, Run.logits(other.write(folder), IDS)));
  }
}
