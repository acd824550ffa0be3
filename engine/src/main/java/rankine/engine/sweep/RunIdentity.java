package rankine.engine.sweep;

import static rankine.common.io.JsonKind.LONG;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import rankine.common.RunException;
import rankine.common.io.JsonObject;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;

/**
 * Everything that the results of a run folder depend on: {@code run.json}. It leaves out the grid,
 * and settings that must not change a result: threads, the machine, the data's path.
 *
 * @param rankine version that wrote the folder
 * @param checkpoint architecture, hash, bytes and dtypes, as in a manifest
 * @param tokenizer its hash
 * @param tasks all that the folder may hold
 * @param texts the texts and their windows, if the run has any
 * @param shots demonstrations requested; absent: each task's own number
 * @param limit maximum number of examples per split; absent: all
 * @param plan method, factored mode and sketch of the edits of layers; it names no edit. Absent if
 *     the run has none
 * @param compression settings of the whole model's methods, if the run has any
 * @param test rates that are evaluated on test
 * @param backend its name
 */
public record RunIdentity(
    String rankine,
    ObjectNode checkpoint,
    ObjectNode tokenizer,
    List<TaskIdentity> tasks,
    Optional<TextIdentity> texts,
    OptionalInt shots,
    OptionalInt limit,
    Optional<EditPlan> plan,
    Optional<CompressionSettings> compression,
    TestCells test,
    String backend) {
  private static final int FORMAT = 1;
  private static final String TASKS = "tasks.";
  private static final List<String> PATHS =
      List.of(
          "calibration.text",
          "compression.calibration.text",
          "texts.validation.file",
          "texts.test.file");

  /** Copies the list. */
  public RunIdentity {
    tasks = List.copyOf(tasks);
  }

  static RunIdentity of(JsonObject json) {
    json.get("format", integer(FORMAT, FORMAT));
    JsonObject checkpoint = json.object("checkpoint");
    checkpoint.get("architecture", TEXT);
    checkpoint.get("sha256", TEXT);
    json.object("tokenizer").get("sha256", TEXT);
    RunIdentity identity =
        new RunIdentity(
            json.get("rankine", TEXT),
            json.object("checkpoint").tree(),
            json.object("tokenizer").tree(),
            json.objects("tasks").stream().map(TaskIdentity::of).toList(),
            json.has("texts")
                ? Optional.of(TextIdentity.of(json.object("texts")))
                : Optional.empty(),
            optional(json, "shots", 0),
            optional(json, "limit", 1),
            json.has("method") ? Optional.of(plan(json)) : Optional.empty(),
            json.has("compression")
                ? Optional.of(CompressionSettings.of(json.object("compression")))
                : Optional.empty(),
            json.get("test", oneOf(TestCells.values(), TestCells::label)),
            json.get("backend", TEXT));
    json.done();
    return identity;
  }

  private static EditPlan plan(JsonObject json) {
    EditMethod method = json.get("method", oneOf(EditMethod.values(), EditMethod::label));
    return new EditPlan(
        List.of(),
        method,
        json.get("factored", oneOf(FactoredMode.values(), FactoredMode::label)),
        sketch(json, method),
        method.isCalibrated()
            ? Optional.of(Calibration.of(json.object("calibration")))
            : Optional.empty());
  }

  /** For methods other than the randomized one only the seed is written; it changes no result. */
  private static SketchOptions sketch(JsonObject json, EditMethod method) {
    long seed = json.get("svd_seed", LONG);
    return method != EditMethod.RANDOMIZED
        ? SketchOptions.standard(seed)
        : new SketchOptions(
            json.get(
                "svd_preset", oneOf(SketchOptions.Preset.values(), SketchOptions.Preset::label)),
            optional(json, "svd_oversampling", 0),
            optional(json, "svd_power_iterations", 0),
            seed,
            json.optional("svd_smallest_rate", Kinds.RATE));
  }

  private static OptionalInt optional(JsonObject json, String key, int least) {
    return json.nullable(key, integer(least, Integer.MAX_VALUE)).stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private static Integer boxed(OptionalInt value) {
    return value.isPresent() ? (Integer) value.getAsInt() : null;
  }

  /**
   * Checks that {@code other} may continue this run. It may have a subset of the tasks, and their
   * data at another path.
   *
   * @param source of this identity, for the message, such as its file
   * @throws RunException that names the first key that differs
   */
  void requireSame(String source, RunIdentity other) {
    Map<String, String> expected = leaves();
    Map<String, String> found = other.leaves();
    Set<String> keys = new LinkedHashSet<>(found.keySet());
    for (String key : expected.keySet()) {
      if (!key.startsWith(TASKS)) {
        keys.add(key);
      }
    }
    for (String key : keys) {
      String here = expected.getOrDefault(key, "nothing");
      String there = found.getOrDefault(key, "nothing");
      if (!here.equals(there)) {
        throw new RunException(
            "%s: %s: expected %s as the run began, found %s".formatted(source, key, here, there));
      }
    }
  }

  /**
   * Checks that the settings of a grid's axes are there.
   *
   * @param folder of the run, for the message
   * @throws RunException that names the first key that is missing
   */
  void requireSettings(Path folder, SweepGrid grid) {
    require(folder, "texts", grid.texts().isPresent(), texts.isPresent());
    require(folder, "method", !grid.layers().isEmpty(), plan.isPresent());
    require(folder, "compression", !grid.methods().isEmpty(), compression.isPresent());
    require(
        folder,
        "compression.calibration",
        grid.methods().stream().anyMatch(target -> target.method().isCalibrated()),
        compression.flatMap(CompressionSettings::calibration).isPresent());
  }

  private static void require(Path folder, String key, boolean needed, boolean found) {
    if (needed && !found) {
      throw new RunException(
          RunFiles.identity(folder)
              + ": "
              + key
              + ": expected, as a grid has cells of it, found none");
    }
  }

  /**
   * Every value by its path in the document; tasks by their names, so that their order does not
   * matter.
   */
  private Map<String, String> leaves() {
    Map<String, String> leaves = new LinkedHashMap<>();
    ObjectNode json = toJson();
    json.remove("tasks");
    addTo(leaves, "", json);
    PATHS.forEach(leaves::remove); // the hash beside it counts
    for (TaskIdentity task : tasks) {
      ObjectNode each = task.toJson();
      each.remove(List.of("name", "version", "data"));
      addTo(leaves, TASKS + task.task() + ".", each);
    }
    return leaves;
  }

  private static void addTo(Map<String, String> leaves, String path, ObjectNode json) {
    json.properties()
        .forEach(
            each -> {
              if (each.getValue() instanceof ObjectNode inner) {
                addTo(leaves, path + each.getKey() + ".", inner);
              } else {
                leaves.put(path + each.getKey(), each.getValue().asText());
              }
            });
  }

  /** The document {@code run.json}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT).put("rankine", rankine);
    json.set("checkpoint", checkpoint);
    json.set("tokenizer", tokenizer);
    ArrayNode list = json.putArray("tasks");
    tasks.forEach(task -> list.add(task.toJson()));
    texts.ifPresent(identity -> json.set("texts", identity.toJson()));
    json.put("shots", boxed(shots));
    json.put("limit", boxed(limit));
    plan.ifPresent(each -> addTo(json, each));
    compression.ifPresent(settings -> json.set("compression", settings.toJson()));
    json.put("test", test.label());
    return json.put("backend", backend);
  }

  private static void addTo(ObjectNode json, EditPlan plan) {
    json.put("method", plan.method().label());
    json.put("factored", plan.factored().label());
    if (plan.method() == EditMethod.RANDOMIZED) {
      json.put("svd_preset", plan.sketch().preset().label());
      json.put("svd_oversampling", boxed(plan.sketch().oversampling()));
      json.put("svd_power_iterations", boxed(plan.sketch().powerIterations()));
      plan.sketch().smallestRate().ifPresent(rate -> json.put("svd_smallest_rate", rate.value()));
    }
    plan.calibration().ifPresent(text -> json.set("calibration", text.toJson()));
    json.put("svd_seed", plan.sketch().seed());
  }
}
