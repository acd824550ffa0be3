package rankine.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import rankine.testdata.TestData;

/** The golden checkpoints: what an independent PyTorch forward pass gave. */
public final class Golden {
  /**
   * One prompt.
   *
   * @param ids the prompt
   * @param lastLogits [vocabSize], after the last of {@code ids}
   * @param greedy the ids that follow
   */
  public record GoldenCase(int[] ids, float[] lastLogits, int[] greedy) {}

  private Golden() {}

  /** Its prompts. */
  public static List<GoldenCase> cases(String name) throws IOException {
    List<GoldenCase> cases = new ArrayList<>();
    if (name.equals("stories260K")) {
      for (JsonNode c : json(TestData.model(name).resolve("golden_logits.json"), "prompts")) {
        JsonNode rows = c.get("logits");
        cases.add(
            new GoldenCase(
                ints(c.get("input_ids")),
                floats(rows.get(rows.size() - 1)),
                ints(c.get("greedy_new_ids"))));
      }
    } else {
      for (JsonNode c : json(TestData.model(name).resolve("golden.json"), "cases")) {
        cases.add(
            new GoldenCase(
                ints(c.get("ids")), floats(c.get("last_logits")), ints(c.get("greedy"))));
      }
    }
    return cases;
  }

  private static Iterable<JsonNode> json(Path file, String key) throws IOException {
    return new ObjectMapper().readTree(file.toFile()).get(key);
  }

  private static int[] ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static float[] floats(JsonNode list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).floatValue();
    }
    return values;
  }
}
