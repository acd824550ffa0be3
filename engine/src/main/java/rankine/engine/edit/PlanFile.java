package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.common.io.Json;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.TextFile;
import rankine.engine.lowrank.SketchOptions;

/**
 * An {@link EditPlan} as a JSON file: {@code format} (1), {@code method}, {@code factored}, {@code
 * edits} (texts such as {@code 0:q_proj:rank=17}), for the randomized method {@code sketch} ({@link
 * SketchOptions#toJson}), for a calibrated one {@code calibration}. The path of a calibration text
 * is as it was given, so equal plans give equal files; its hash is checked when the text is read.
 */
public final class PlanFile {
  /** The file in a pruned checkpoint. */
  public static final String NAME = "rankine_plan.json";

  private static final int FORMAT = 1;

  private static final JsonKind<Edit> EDIT =
      new JsonKind<>(
          "an edit such as 26:mlp:0.95 or 26:mlp:rank=17",
          node -> {
            try {
              return node.isTextual()
                  ? Optional.of(Edit.parse(node.textValue()))
                  : Optional.empty();
            } catch (EditException e) {
              return Optional.empty();
            }
          });

  private PlanFile() {}

  /**
   * Reads a plan.
   *
   * @throws EditException for a fault of its contents
   * @throws rankine.common.TaskException as in {@link TextFile#read}
   */
  public static EditPlan read(Path file) {
    TextFile text = TextFile.read(file);
    return parse(Json.of(text.name(), EditException::new).object(new StringReader(text.text())));
  }

  private static EditPlan parse(JsonObject json) {
    json.get("format", JsonKind.integer(FORMAT, FORMAT));
    EditMethod method = json.get("method", JsonKind.oneOf(EditMethod.values(), EditMethod::label));
    FactoredMode factored =
        json.get("factored", JsonKind.oneOf(FactoredMode.values(), FactoredMode::label));
    if (factored == FactoredMode.ALWAYS && method == EditMethod.MAGNITUDE) {
      throw json.fault("factored", "auto or never with method magnitude", "always");
    }
    List<Edit> edits = json.list("edits", EDIT);
    if (edits.isEmpty()) {
      throw json.fault("edits", "at least one edit", "none");
    }
    EditPlan plan =
        new EditPlan(
            edits,
            method,
            factored,
            method == EditMethod.RANDOMIZED
                ? SketchOptions.of(json.object("sketch"))
                : SketchOptions.standard(0),
            method.isCalibrated()
                ? Optional.of(Calibration.of(json.object("calibration")))
                : Optional.empty());
    json.done();
    return plan;
  }

  /** Returns the file's bytes, UTF-8, which {@link #read} turns into an equal plan. */
  public static byte[] bytes(EditPlan plan) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("format", FORMAT)
            .put("method", plan.method().label())
            .put("factored", plan.factored().label());
    ArrayNode edits = json.putArray("edits");
    plan.edits().forEach(edit -> edits.add(edit.toString()));
    if (plan.method() == EditMethod.RANDOMIZED) {
      json.set("sketch", plan.sketch().toJson());
    }
    plan.calibration().ifPresent(calibration -> json.set("calibration", calibration.toJson()));
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
