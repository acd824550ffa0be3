package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The confusion matrix of a classification task.
 *
 * @param labels the classes' names
 * @param counts number of examples, {@code counts.get(gold).get(predicted)}
 * @param unpredicted number of examples without a prediction (ties that count as errors), by gold
 *     class
 */
public record ConfusionMatrix(
    List<String> labels, List<List<Integer>> counts, List<Integer> unpredicted) {

  public ConfusionMatrix {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
    unpredicted = List.copyOf(unpredicted);
  }

  /** Returns {@code {"labels":…,"counts":[gold][predicted],"unpredicted":…}}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode names = json.putArray("labels");
    labels.forEach(names::add);
    ArrayNode rows = json.putArray("counts");
    for (List<Integer> row : counts) {
      ArrayNode cells = rows.addArray();
      row.forEach(cells::add);
    }
    ArrayNode none = json.putArray("unpredicted");
    unpredicted.forEach(none::add);
    return json;
  }
}
