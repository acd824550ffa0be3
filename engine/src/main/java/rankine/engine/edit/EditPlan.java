package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * Edits and how they are made.
 *
 * @param edits none leaves the model as it is
 * @param method the same for all
 * @param factored for the methods that give factors
 * @param seed of the randomized method
 */
public record EditPlan(List<Edit> edits, EditMethod method, Factored factored, long seed) {
  /** Nothing is edited. */
  public static final EditPlan NONE = new EditPlan(List.of(), EditMethod.EXACT, Factored.AUTO, 0);

  /** Copies the list. */
  public EditPlan {
    edits = List.copyOf(edits);
  }

  /** The same method with other edits. */
  public EditPlan withEdits(List<Edit> others) {
    return new EditPlan(others, method, factored, seed);
  }

  /** The same edits, with factors kept or not. */
  public EditPlan withFactored(Factored other) {
    return new EditPlan(edits, method, other, seed);
  }

  /** For manifests. */
  public ArrayNode toJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Edit edit : edits) {
      ObjectNode json = list.addObject().put("edit", edit.toString()).put("method", method.label());
      switch (method) {
        case EXACT -> json.put("factored", factored.name().toLowerCase(Locale.ROOT));
        case RANDOMIZED ->
            json.put("factored", factored.name().toLowerCase(Locale.ROOT)).put("seed", seed);
        case MAGNITUDE, ZERO -> {}
      }
    }
    return list;
  }
}
