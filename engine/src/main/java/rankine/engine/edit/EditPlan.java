package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.lowrank.SketchOptions;

/**
 * Edits and how they are made.
 *
 * @param edits none leaves the model as it is
 * @param method the same for all
 * @param factored for the methods that give factors
 * @param sketch for the randomized method
 */
public record EditPlan(
    List<Edit> edits, EditMethod method, FactoredMode factored, SketchOptions sketch) {
  /** Nothing is edited. */
  public static final EditPlan NONE =
      new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);

  /** Copies the list. */
  public EditPlan {
    edits = List.copyOf(edits);
  }

  /** With the standard sketch of that seed. */
  public EditPlan(List<Edit> edits, EditMethod method, FactoredMode factored, long seed) {
    this(edits, method, factored, SketchOptions.standard(seed));
  }

  /** The same method with other edits. */
  public EditPlan withEdits(List<Edit> others) {
    return new EditPlan(others, method, factored, sketch);
  }

  /** The same edits, with factors kept or not. */
  public EditPlan withFactored(FactoredMode other) {
    return new EditPlan(edits, method, other, sketch);
  }

  /** For manifests: an object an edit, with all that its numbers depend on. */
  public ArrayNode toJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Edit edit : edits) {
      ObjectNode json = list.addObject().put("edit", edit.toString()).put("method", method.label());
      switch (method) {
        case EXACT -> json.put("factored", factored.label());
        case RANDOMIZED -> addSketch(json.put("factored", factored.label()));
        case MAGNITUDE, ZERO -> {}
      }
    }
    return list;
  }

  private void addSketch(ObjectNode json) {
    json.put("svd_preset", sketch.preset().label());
    sketch.oversampling().ifPresent(p -> json.put("svd_oversampling", p));
    sketch.powerIterations().ifPresent(q -> json.put("svd_power_iterations", q));
    json.put("seed", sketch.seed());
  }
}
