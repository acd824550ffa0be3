package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.edit.EditPlan;

/**
 * The result of a study.
 *
 * @param request its parameters
 * @param text the text that the model read
 * @param matrices one profile per matrix, in model order
 * @param effects effects on the whole model, one per rate
 * @param kernels absent without timing
 * @param manifest all inputs of the figures
 */
public record ProfileResult(
    ProfileRequest request,
    TextSpans text,
    List<MatrixProfile> matrices,
    List<ModelEffect> effects,
    Optional<Kernels> kernels,
    ObjectNode manifest) {

  /** Copies the lists. */
  public ProfileResult {
    matrices = List.copyOf(matrices);
    effects = List.copyOf(effects);
  }

  /**
   * The kernel times.
   *
   * @param profiles one per shape, type and layout
   * @param poolBytes size of the {@link WeightPool}
   */
  public record Kernels(List<KernelProfile> profiles, long poolBytes) {
    /** Copies the list. */
    public Kernels {
      profiles = List.copyOf(profiles);
    }
  }

  /** Returns all results as JSON; {@code kernels} only if timed. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (request.scope()) {
      case ProfileScope.AtRates at ->
          json.put("layer", at.layer()).put("module", at.modules().name());
      case ProfileScope.OfPlan(EditPlan plan) -> json.set("plan", plan.toJson());
    }
    json.put("method", request.scope().plan().method().label());
    json.set("text", text.toJson());
    ArrayNode list = json.putArray("matrices");
    matrices.forEach(matrix -> list.add(matrix.toJson()));
    ArrayNode model = json.putArray("model");
    effects.forEach(effect -> model.add(effect.toJson()));
    kernels.ifPresent(
        timed -> {
          ObjectNode times = json.putObject("kernels");
          times.put("weight_pool_bytes", timed.poolBytes);
          ArrayNode shapes = times.putArray("shapes");
          timed.profiles.forEach(profile -> shapes.add(profile.toJson()));
        });
    json.set("manifest", manifest);
    return json;
  }
}
