package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines of the prompts command. */
class PromptListingTest {

  private static List<ObjectNode> prompts(String task, EvaluationOptions options) {
    List<ObjectNode> all = new ArrayList<>();
    Task loaded = Task.load(task);
    PromptListing.stream(loaded, TaskFolders.lookAlike(loaded.name()), options, all::add);
    return all;
  }

  private static List<String> keys(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void lineHasAllKeys() {
    List<ObjectNode> lines = prompts("rte", EvaluationOptions.DEFAULT);
    assertEquals(20, lines.size());
    JsonNode first = lines.getFirst();
    assertEquals(
        List.of("split", "row", "demonstrations", "prompt", "choices", "gold", "file", "part"),
        keys(first));
    assertEquals("validation", first.get("split").asText());
    assertEquals("test", first.get("part").asText());
    assertEquals("val.jsonl", first.get("file").asText());
    assertEquals(0, first.get("row").asInt());
    assertEquals("[\" Yes\",\" No\"]", first.get("choices").toString());
    assertEquals(0, first.get("gold").asInt());
    assertEquals(10, first.get("demonstrations").size());
    assertEquals(List.of("split", "row"), keys(first.get("demonstrations").get(0)));
    assertEquals("train", first.get("demonstrations").get(0).get("split").asText());
  }

  @Test
  void paperVersionShowsFiveOfFifteenDemonstrations() {
    JsonNode first = prompts("cb:paper", EvaluationOptions.DEFAULT).getFirst();
    assertEquals(5, first.get("demonstrations").size());
    String prompt = first.get("prompt").asText();
    List<String> shown = new ArrayList<>();
    for (String line : prompt.split("\n", -1)) {
      int end = line.lastIndexOf("Yes, No, or Maybe? ");
      if (end >= 0) {
        shown.add(line.substring(end + "Yes, No, or Maybe? ".length()));
      }
    }
    assertEquals(List.of("Yes", "Mi", "No", "Yes", "Mi"), shown);
    assertTrue(prompt.endsWith(" Yes, or No, or Mi? "));
  }

  @Test
  void demonstrationsMatchTheirRowLocations() {
    Task task = Task.load("mrpc:paper");
    JsonNode line = prompts("mrpc:paper", EvaluationOptions.DEFAULT.withSeed(3)).get(7);
    List<DataRow> train =
        DataFolder.open(task.data(), TaskFolders.lookAlike("mrpc")).rows(DataSplit.TRAIN);
    StringBuilder expected = new StringBuilder();
    for (JsonNode place : line.get("demonstrations")) {
      DataRow row = train.get(place.get("row").asInt());
      expected
          .append("sentence1: " + row.fields().get("s1"))
          .append(" \n sentence2: " + row.fields().get("s2"))
          .append("\n label : " + (row.label() == 1 ? "true" : "false") + " \n");
    }
    String prompt = line.get("prompt").asText();
    assertTrue(prompt.startsWith(expected + "sentence1: "));
    assertTrue(prompt.endsWith("\n label :"));
  }

  @Test
  void squadGoldIsItsAnswers() {
    List<ObjectNode> lines = prompts("squad", EvaluationOptions.DEFAULT.withShots(0).withLimit(3));
    assertEquals(3, lines.size());
    JsonNode first = lines.getFirst();
    assertEquals("[]", first.get("choices").toString());
    assertEquals("[]", first.get("demonstrations").toString());
    assertTrue(first.get("gold").isArray() && first.get("gold").get(0).isTextual());
    assertTrue(first.get("prompt").asText().startsWith("title: "));
  }

  @Test
  void isDeterministic() {
    EvaluationOptions options = EvaluationOptions.DEFAULT.withLimit(10).withSeed(4);
    assertEquals(prompts("sst2", options), prompts("sst2", options));
  }
}
