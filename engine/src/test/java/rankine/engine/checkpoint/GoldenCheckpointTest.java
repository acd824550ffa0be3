package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.testdata.TestData;

/**
 * The checkpoints of the test data. The expected values come from other tools: elements from
 * Python's struct module, hashes from sha256sum.
 */
class GoldenCheckpointTest {

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, 40, F32, 642e49715541daa63a0c950abcb04823fb88baa02ed9c0ca1c96c5c4c4a07480",
    "llama-bf16, 30, BF16, 85fb8ffd017de21df0f5156b8817c051275a5d2140adbd61fc66cf443b435f9f",
    "gptj-f16, 45, F16, d7f44c9cc3045af88122600b16d7f16ba4a85e51cc8f7ff66ab7733d5757795e",
    "stories260K, 47, F32, 73b0fa0a23ccd66685fd0ded8ba5fbb79565677695ba751b429dc0af3a18eb63"
  })
  void hasTheKnownTensorsAndHash(String model, int tensors, SafetensorsDType type, String hash) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(model))) {
      assertEquals(tensors, checkpoint.tensors().size());
      assertTrue(checkpoint.tensors().stream().allMatch(tensor -> tensor.type() == type));
      assertEquals(hash, checkpoint.hash());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, h.0.attn.c_attn.weight, 48, 144, 0.05878065153956413, -0.03728434443473816,"
        + " 0.03264489397406578",
    "gptj-f16, transformer.h.3.mlp.fc_in.weight, 256, 64, 0.1153564453125, 0.1925048828125,"
        + " 0.031280517578125",
    "llama-bf16, model.layers.2.mlp.down_proj.weight, 64, 176, -0.0235595703125, -0.0576171875,"
        + " 0.1591796875",
    "llama-bf16, lm_head.weight, 320, 64, -0.0380859375, 0.12451171875, -0.1201171875",
    "stories260K, model.layers.4.self_attn.k_proj.weight, 32, 64, -0.025860849767923355,"
        + " 0.03121275268495083, -0.2651301622390747"
  })
  void hasTheKnownValues(
      String model,
      String name,
      long rows,
      long columns,
      double first,
      double second,
      double last) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(model))) {
      TensorInfo tensor = checkpoint.require(name, rows, columns);
      assertEquals(rows * columns, tensor.elements());
      assertEquals(first, element(checkpoint, tensor, 0));
      assertEquals(second, element(checkpoint, tensor, 1));
      assertEquals(last, element(checkpoint, tensor, tensor.elements() - 1));
    }
  }

  /** Compares every tensor with an independent reader: JSON tree and plain file reads. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16", "stories260K"})
  void agreesWithTheRawBytes(String model) throws IOException {
    Path folder = TestData.model(model);
    int seen = 0;
    long bytes = 0;
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Stream<Path> all = Files.list(folder)) {
      List<Path> files = all.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      for (Path file : files) {
        byte[] raw = Files.readAllBytes(file);
        bytes += raw.length;
        int length = (int) ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonNode header = new ObjectMapper().readTree(raw, 8, length);
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
          if (entry.getKey().equals("__metadata__")) {
            continue;
          }
          JsonNode stated = entry.getValue();
          TensorInfo tensor = checkpoint.find(entry.getKey()).orElseThrow();
          assertEquals(stated.get("dtype").asText(), tensor.type().name());
          assertEquals(stated.get("shape").toString(), tensor.shape().toString().replace(" ", ""));
          int begin = 8 + length + stated.get("data_offsets").get(0).asInt();
          int end = 8 + length + stated.get("data_offsets").get(1).asInt();
          assertArrayEquals(
              Arrays.copyOfRange(raw, begin, end),
              checkpoint.data(tensor).toArray(ValueLayout.JAVA_BYTE));
          assertEquals(file, tensor.file());
          seen++;
        }
      }
      assertEquals(seen, checkpoint.tensors().size());
      assertEquals(bytes, checkpoint.bytes());
    }
  }

  @Test
  void readsTheSettingsOfARealConfig() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("stories260K"))) {
      Settings config = checkpoint.config();
      assertEquals("llama", config.text("model_type"));
      assertEquals(172, config.count("intermediate_size"));
      assertEquals(1e-5, config.number("rms_norm_eps"));
      assertEquals(10000.0, config.number("rope_theta"));
      assertTrue(config.flag("tie_word_embeddings", false));
      assertTrue(config.object("rope_scaling").isEmpty());
      assertEquals(List.of("LlamaForCausalLM"), config.texts("architectures").orElseThrow());
    }
  }

  private static double element(Checkpoint checkpoint, TensorInfo tensor, long index) {
    MemorySegment data = checkpoint.data(tensor);
    return switch (tensor.dtype()) {
      case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * index);
      case F16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      case BF16 ->
          Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index) << 16);
    };
  }
}
