package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What a study found.
 *
 * @param request what was studied
 * @param text what the model read
 * @param matrices one by one, in the order of the model
 * @param effects on the whole model, a rate each
 * @param kernels absent where none were timed
 * @param manifest everything that the figures depend on
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
   * The times.
   *
   * @param profiles one for each shape, type and layout
   * @param poolBytes the memory that weights are taken from in turn
   */
  public record Kernels(List<KernelProfile> profiles, long poolBytes) {
    /** Copies the list. */
    public Kernels {
      profiles = List.copyOf(profiles);
    }
  }

  /** Everything, with {@code kernels} only where they were timed. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("layer", request.layer());
    json.put("module", request.modules().name());
    json.put("method", request.plan().method().label());
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
