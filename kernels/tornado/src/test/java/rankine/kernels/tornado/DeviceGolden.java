package rankine.kernels.tornado;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import rankine.testdata.TestData;

/** The golden checkpoints, and what an independent PyTorch forward pass gave for them. */
final class DeviceGolden {
  /** A prompt, the logits after its last token, the ids that follow. */
  record GoldenPrompt(int[] ids, float[] lastLogits, int[] greedy) {}

  private DeviceGolden() {}

  static List<GoldenPrompt> cases(String name) throws IOException {
    boolean stories = name.equals("stories260K");
    JsonNode file =
        new ObjectMapper()
            .readTree(
                TestData.model(name)
                    .resolve(stories ? "golden_logits.json" : "golden.json")
                    .toFile());
    List<GoldenPrompt> cases = new ArrayList<>();
    for (JsonNode c : file.get(stories ? "prompts" : "cases")) {
      JsonNode logits = c.get(stories ? "logits" : "last_logits");
      cases.add(
          new GoldenPrompt(
              ints(c.get(stories ? "input_ids" : "ids")),
              floats(stories ? logits.get(logits.size() - 1) : logits),
              ints(c.get(stories ? "greedy_new_ids" : "greedy"))));
    }
    return cases;
  }

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
  }

  private static float[] floats(JsonNode list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).floatValue();
    }
    return values;
  }
}
