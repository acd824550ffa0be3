package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.lowrank.SketchOptions;

/**
 * A list of edits and the method that computes them.
 *
 * @param edits an empty list leaves the model unchanged
 * @param method applies to all edits
 * @param factored for the methods that produce factors
 * @param sketch for the randomized method
 */
public record EditPlan(
    List<Edit> edits, EditMethod method, FactoredMode factored, SketchOptions sketch) {
  /** No edits. */
  public static final EditPlan NONE =
      new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);

  /** Copies the list. */
  public EditPlan {
    edits = List.copyOf(edits);
  }

  /** Uses the standard sketch with that seed. */
  public EditPlan(List<Edit> edits, EditMethod method, FactoredMode factored, long seed) {
    this(edits, method, factored, SketchOptions.standard(seed));
  }

  /** Returns the same method with other edits. */
  public EditPlan withEdits(List<Edit> others) {
    return new EditPlan(others, method, factored, sketch);
  }

  /** Returns the same edits with another factored mode. */
  public EditPlan withFactored(FactoredMode other) {
    return new EditPlan(edits, method, other, sketch);
  }

  /** Returns one object per edit, with every parameter of the result, for manifests. */
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
