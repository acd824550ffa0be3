package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.CheckpointException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.testdata.TestData;

/** A multimodal Gemma 3 folder, made of the golden text model: the same logits, bit for bit. */
class TextPartTest {
  private static final String TEXT = "gemma3_text-bf16";
  private static final int[] IDS = {3, 17, 5, 99, 42, 7};

  @TempDir Path folder;

  /** Nests the config, renames the tensors and adds those of a vision part. */
  private static TestCheckpoint multimodal(UnaryOperator<String> name, String vision) {
    TestCheckpoint c = TestCheckpoint.golden(TEXT);
    String text = c.config.toString();
    c.config.removeAll();
    c.set("model_type", "\"gemma3\"").set("text_config", text);
    c.set("architectures", "[\"Gemma3ForConditionalGeneration\"]")
        .set("mm_tokens_per_image", "256");
    c.set("boi_token_index", "255999").set("eoi_token_index", "256000");
    c.set("image_token_index", "262144").set("eos_token_id", "[1, 106]");
    c.set("vision_config", "{\"hidden_size\": 1152, \"model_type\": \"siglip_vision_model\"}");
    Random random = new Random(1);
    return c.rename(name)
        .random(random, vision + "vision_tower.vision_model.post_layernorm.weight", 1, 8)
        .random(random, vision + "multi_modal_projector.mm_input_projection_weight", 1, 8, 4);
  }

  private static void same(Path found) {
    float[][] expected = Run.logits(TestData.model(TEXT), IDS);
    float[][] logits = Run.logits(found, IDS);
    for (int i = 0; i < IDS.length; i++) {
      assertArrayEquals(expected[i], logits[i]);
    }
  }

  @Test
  void textPartOfAPublishedFolder() throws IOException {
    multimodal(name -> "language_model." + name, "").write(folder);
    same(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals("gemma3_text", Architectures.config(checkpoint).architecture());
      assertEquals(
          List.of(
              "model_type gemma3 is multimodal: its text part (text_config, tensors"
                  + " language_model.*) is loaded, 2 tensors of the vision part are not"),
          Architectures.notes(checkpoint));
    }
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(TEXT))) {
      assertEquals(List.of(), Architectures.notes(checkpoint));
    }
  }

  /** transformers 4.52 and later put the parts into one model. */
  @Test
  void textPartWithNewerNames() throws IOException {
    multimodal(name -> name.replaceFirst("^model\\.", "model.language_model."), "model.")
        .write(folder);
    same(folder);
  }

  /** The text_config of gemma-3-4b-it gives only what differs from the defaults. */
  @Test
  void defaultsOfTheTextPart() throws IOException {
    TestCheckpoint c = multimodal(name -> "language_model." + name, "");
    c.set(
        "text_config",
        """
        {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text",
         "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
         "sliding_window": 1024}
        """);
    try (Checkpoint checkpoint = Checkpoint.open(c.write(folder))) {
      assertEquals(
          new ModelConfig("gemma3_text", 34, 2560, 8, 4, 256, 10240, 262208, 131072),
          Architectures.config(checkpoint));
    }
  }

  @Test
  void refusesWhatNoPartExplains() throws IOException {
    TestCheckpoint c = multimodal(name -> "language_model." + name, "");
    refused(c.random(new Random(1), "audio_tower.weight", 1, 8), "audio_tower.weight");
    c.tensors.remove("audio_tower.weight");
    refused(c.set("text_config", "{\"model_type\": \"llama\"}"), "text_config");
    c = multimodal(name -> "language_model." + name, "").set("audio_config", "{\"size\": 1}");
    refused(c, "audio_config");
  }

  private void refused(TestCheckpoint c, String part) throws IOException {
    c.write(folder);
    CheckpointException e = assertThrows(CheckpointException.class, () -> Run.logits(folder, IDS));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
