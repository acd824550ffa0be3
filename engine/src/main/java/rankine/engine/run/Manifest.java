package rankine.engine.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.TreeMap;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.TaskPrompts;
import rankine.tokenizer.Tokenizer;

/** Everything that the numbers of a run depend on, as JSON. */
public final class Manifest {
  private Manifest() {}

  /** Returns the manifest of an evaluation of {@code loaded} on {@code prompts}. */
  public static ObjectNode of(LoadedModel loaded, TaskPrompts prompts) {
    return of(loaded, prompts, loaded.edits());
  }

  /** Returns the same of an evaluation elsewhere, of the same model with the edits of a plan. */
  static ObjectNode of(LoadedModel loaded, TaskPrompts prompts, EditPlan plan) {
    ObjectNode json = versions(loaded);
    json.set("tokenizer", tokenizer(loaded.tokenizer(), prompts.setting().bosPolicy()));
    json.putObject("task")
        .put("name", prompts.task().name())
        .put("version", prompts.task().version())
        .put("revision", prompts.task().revision())
        .put("sha256", prompts.task().hash());
    json.put("seed", prompts.options().seed());
    json.put("shots", prompts.setting().shotsUsed());
    json.set("edits", plan.toJson());
    json.set("backend", backend(loaded));
    return json;
  }

  /** Returns the versions, platform, backend and device. */
  public static ObjectNode machine(LoadedModel loaded) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rankine", Versions.RANKINE);
    json.put("java", Versions.java());
    json.put("platform", Versions.platform());
    json.set("backend", backend(loaded));
    return json;
  }

  /**
   * Returns the manifest of logits, text or a profile that {@code loaded} computes.
   *
   * @param tokenizer of the input text; empty for input given as ids
   */
  public static ObjectNode of(LoadedModel loaded, Optional<Tokenizer> tokenizer) {
    ObjectNode json = versions(loaded);
    tokenizer.ifPresent(t -> json.set("tokenizer", tokenizer(t, bosPolicy(t))));
    json.set("edits", loaded.edits().toJson());
    json.set("backend", backend(loaded));
    return json;
  }

  private static ObjectNode versions(LoadedModel loaded) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rankine", Versions.RANKINE);
    json.put("java", Versions.java());
    json.put("platform", Versions.platform());
    json.set("checkpoint", checkpoint(loaded));
    return json;
  }

  private static String bosPolicy(Tokenizer tokenizer) {
    return tokenizer.addsBos() && tokenizer.bosId().isPresent()
        ? "bos " + tokenizer.bosId().getAsInt()
        : "none";
  }

  /** Returns the architecture, hash, size and the number of tensors by stored dtype. */
  public static ObjectNode checkpoint(LoadedModel loaded) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("architecture", loaded.model().config().architecture());
    json.put("sha256", loaded.checkpoint().hash());
    json.put("bytes", loaded.checkpoint().bytes());
    ObjectNode dtypes = json.putObject("dtypes");
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (TensorInfo tensor : loaded.checkpoint().tensors()) {
      counts.merge(tensor.type().name(), 1, Integer::sum);
    }
    counts.forEach(dtypes::put);
    return json;
  }

  private static ObjectNode tokenizer(Tokenizer tokenizer, String bos) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("description", tokenizer.describe())
        .put("sha256", tokenizer.hash())
        .put("bos", bos);
  }

  /** Returns the name, device and arithmetic of the backend, and why it was chosen. */
  public static ObjectNode backend(LoadedModel loaded) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", loaded.backend().backend().name())
        .put("device", loaded.backend().backend().description())
        .put("reason", loaded.backend().reason())
        .put("accumulation", "float32, fixed order");
  }
}
