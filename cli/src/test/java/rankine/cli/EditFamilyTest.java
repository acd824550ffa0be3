package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.testdata.TestData;

/** Bad input to the commands that edit, decompose or search: one line, and no file is lost. */
class EditFamilyTest {
  private static final String MATRIX = "model.layers.4.mlp.gate_proj.weight";

  @TempDir private Path folder;

  /** stories260K with {@code value} in row 0, column 3 of one matrix. */
  private Path with(float value) throws IOException {
    Path model = Cli.copy(TestData.model("stories260K"), folder.resolve("model"));
    Path file = model.resolve("model.safetensors");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(bytes.getLong(0));
    JsonNode tensors =
        new ObjectMapper().readTree(new String(bytes.array(), 8, header, StandardCharsets.UTF_8));
    int start = tensors.get(MATRIX).get("data_offsets").get(0).intValue();
    bytes.putFloat(8 + header + start + 3 * Float.BYTES, value);
    Files.write(file, bytes.array());
    return model;
  }

  private static Cli.Outcome run(String command, Path model, Object... more) {
    List<Object> all = new ArrayList<>(List.of(command, "--model", model, "--no-cache"));
    all.addAll(Arrays.asList(more));
    return Cli.run(all.toArray());
  }

  private static Cli.Outcome search(Path model, Object... more) {
    Path data = TestData.task("sst2");
    List<Object> all = new ArrayList<>(List.of("--task", "sst2", "--data", data, "--quiet"));
    all.addAll(List.of("--limit", 4, "--shots", 1, "--module", "mlp", "--rates", "0.5"));
    all.addAll(Arrays.asList(more));
    return run("search", model, all.toArray());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
  void nonFiniteWeights(float value) throws IOException {
    Path model = with(value);
    Path out = folder.resolve("out");
    String[] where = {"expected finite elements, found " + value + " at row 0, column 3"};
    for (String method : List.of("exact", "randomized", "magnitude")) {
      Object[] edit = {"--edit", "4:fc_in:0.5", "--method", method};
      run("logits", model, "--ids", 1, edit[0], edit[1], edit[2], edit[3]).failed(where);
      run("prune", model, "--out", out, edit[0], edit[1], edit[2], edit[3]).failed(where);
    }
    // The plain model is evaluated first, so every method fails with the same line.
    search(model, "--layer", 4, "--method", "zero").failed("from the model");
    search(model, "--layer", "3-4", "--greedy").failed("from the model");
    search(model, "--layer", "auto").failed(where);
    run("spectrum", model, "--layer", 4, "--module", "mlp").failed("4.fc_in", where[0]);
    run("spectrum", model, "--layer", -1, "--module", "all").failed("4.fc_in", where[0]);
    assertFalse(Files.exists(out));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(model), left.toList());
    }
    // A zeroed matrix is never read.
    assertEquals(
        0, run("logits", model, "--ids", 1, "--edit", "4:mlp:0.5", "--method", "zero").code());
    assertEquals(0, run("spectrum", model, "--layer", 3, "--module", "mlp").code());
  }

  @Test
  void layersAndModulesThatTheModelLacks() {
    Path model = TestData.model("gpt2-f32");
    Object[] logits = {"--ids", "1", "--edit"};
    run("logits", model, logits[0], logits[1], logits[2], "3:mlp:0.5")
        .failed("edit 3:mlp:0.5: layer: expected -1 to 2, found 3");
    run("logits", model, logits[0], logits[1], logits[2], "0:fc_up:0.5")
        .failed("edit 0:fc_up:0.5: module", "found fc_up");
    run("logits", model, logits[0], logits[1], logits[2], "0:mlp:1").misused("rate", "found 1");
    run("logits", model, logits[0], logits[1], logits[2], "0:mlp:NaN").misused("rate", "found NaN");
    run("spectrum", model, "--layer", 0, "--module", "fc_up").failed("fc_up", "fc_in");
    run("spectrum", model, "--layer", -2, "--module", "mlp").misused("layer", "-2");
    Path stories = TestData.model("stories260K");
    search(stories, "--layer", 5).failed("layer", "-1 to 4", "5");
    search(stories, "--layer", "0,5", "--greedy").failed("layer", "0 to 4", "5");
    Path data = TestData.task("sst2");
    run("eval", stories, "--task", "sst2", "--data", data, "--edit", "5:mlp:0.5")
        .failed("layer", "-1 to 4", "5");
  }
}
