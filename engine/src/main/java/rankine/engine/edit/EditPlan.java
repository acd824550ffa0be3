package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import rankine.common.EditException;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * A list of edits and the method that computes them.
 *
 * @param edits an empty list leaves the model unchanged
 * @param method applies to all edits
 * @param factored for the methods that produce factors
 * @param sketch for the randomized method
 * @param calibration for the methods that need one, and no others
 */
public record EditPlan(
    List<Edit> edits,
    EditMethod method,
    FactoredMode factored,
    SketchOptions sketch,
    Optional<Calibration> calibration) {
  /** No edits. */
  public static final EditPlan NONE =
      new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);

  /** Copies the list. */
  public EditPlan {
    edits = List.copyOf(edits);
    if (method.isCalibrated() != calibration.isPresent()) {
      throw new EditException(
          "method %s: expected %s calibration text, found %s"
              .formatted(
                  method.label(),
                  method.isCalibrated() ? "a" : "no",
                  calibration.isPresent() ? "one" : "none"));
    }
  }

  /** A plan without calibration. */
  public EditPlan(
      List<Edit> edits, EditMethod method, FactoredMode factored, SketchOptions sketch) {
    this(edits, method, factored, sketch, Optional.empty());
  }

  /** Uses the standard sketch with that seed. */
  public EditPlan(List<Edit> edits, EditMethod method, FactoredMode factored, long seed) {
    this(edits, method, factored, SketchOptions.standard(seed));
  }

  /** Returns the same method with other edits. */
  public EditPlan withEdits(List<Edit> others) {
    return new EditPlan(others, method, factored, sketch, calibration);
  }

  /**
   * Returns the same method for the whole model but some layers.
   *
   * @param ratio of each matrix
   * @param skipped layers that stay as they are
   * @param layers number of layers of the model
   * @throws EditException if no layer is left
   */
  public EditPlan withRatio(ParameterRatio ratio, Set<Integer> skipped, int layers) {
    ModuleSelection all = ModuleSelection.of("all");
    if (skipped.isEmpty()) {
      return withEdits(List.of(new Edit(Edit.EVERY_LAYER, all, ratio)));
    }
    List<Edit> left =
        IntStream.range(0, layers)
            .filter(layer -> !skipped.contains(layer))
            .mapToObj(layer -> new Edit(layer, all, ratio))
            .toList();
    if (left.isEmpty()) {
      throw new EditException(
          "skipped layers: expected fewer than the model's %d, found all".formatted(layers));
    }
    return withEdits(left);
  }

  /** Returns the same edits with another factored mode. */
  public EditPlan withFactored(FactoredMode other) {
    return new EditPlan(edits, method, other, sketch, calibration);
  }

  /**
   * Returns the fraction of the parameters of all blocks' matrices that factors of the kept ranks
   * save; negative where factors have more. Empty for methods that do not lower the rank.
   *
   * @param model without edits
   */
  public OptionalDouble removed(Model model) {
    if (!method.isLowRank() || edits.isEmpty()) {
      return OptionalDouble.empty();
    }
    Map<String, Edit> selected = EditOverlay.check(model, edits);
    double all = 0;
    double saved = 0;
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear) {
          Matrix w = linear.weight().source();
          double dense = (double) w.rows() * w.cols();
          all += dense;
          Edit edit = selected.get(linear.name());
          if (edit != null && !edit.isNone()) {
            saved +=
                dense - edit.removal().rank(w.rows(), w.cols()) * ((double) w.rows() + w.cols());
          }
        }
      }
    }
    return OptionalDouble.of(saved / all);
  }

  /** Returns one object per edit, with every parameter of the result, for manifests. */
  public ArrayNode toJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Edit edit : edits) {
      ObjectNode json = list.addObject().put("edit", edit.toString()).put("method", method.label());
      switch (method) {
        case EXACT -> json.put("factored", factored.label());
        case RANDOMIZED -> addSketch(json.put("factored", factored.label()));
        case ASVD, WHITENED, ANCHORED ->
            json.put("factored", factored.label())
                .set("calibration", calibration.orElseThrow().toJson());
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
