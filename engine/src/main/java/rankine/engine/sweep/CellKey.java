package rankine.engine.sweep;

import static rankine.common.io.JsonKind.LONG;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import rankine.common.RunException;
import rankine.common.io.JsonObject;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;

/**
 * Identifies one evaluation of the grid.
 *
 * @param seed chooses the demonstrations; 0 for texts
 * @param target what is pruned; empty for the unedited model
 * @param rate the pruning rate, for a {@link ModelTarget} the ratio; 0 for the unedited model, and
 *     only for it
 */
public record CellKey(
    Benchmark benchmark,
    long seed,
    Optional<EditTarget> target,
    PruningRate rate,
    EvaluationSplit split) {
  /** Checks that rate and target agree. */
  public CellKey {
    if (target.isEmpty() != rate.isZero()) {
      throw new RunException(
          "cell: expected a layer and a module, or rate 0 and neither, found rate %s and %s"
              .formatted(rate, target.map(EditTarget::toString).orElse("neither")));
    }
  }

  /** Returns whether it is the unedited model. */
  public boolean isPlain() {
    return target.isEmpty();
  }

  /**
   * The unedited model's cell of the same benchmark, seed and split; all cells that share it have
   * the same prompts.
   */
  CellKey plain() {
    return new CellKey(benchmark, seed, Optional.empty(), PruningRate.ZERO, split);
  }

  static CellKey of(JsonObject json) {
    Benchmark benchmark =
        json.has("validation_text")
            ? new TextPair(json.get("validation_text", TEXT), json.get("test_text", TEXT))
            : new TaskVersion(json.get("task", TEXT), json.get("version", TEXT));
    Optional<EditTarget> target = target(json);
    CellKey key =
        new CellKey(
            benchmark,
            benchmark instanceof TextPair ? 0 : json.get("seed", LONG),
            target,
            json.get(target.map(EditTarget::axis).orElse("rate"), Kinds.RATE),
            json.get("part", oneOf(EvaluationSplit.values(), EvaluationSplit::label)));
    json.done();
    return key;
  }

  /** Adds {@code seed}, which texts do not have. */
  static void addSeed(Benchmark benchmark, long seed, ObjectNode json) {
    switch (benchmark) {
      case TaskVersion _ -> json.put("seed", seed);
      case TextPair _ -> {}
    }
  }

  /** The unedited model has a layer and a module that are null. */
  private static Optional<EditTarget> target(JsonObject json) {
    if (json.has("method")) {
      return Optional.of(json.get("method", Kinds.METHOD));
    }
    return json.node("layer").isNull() && json.node("module").isNull()
        ? Optional.empty()
        : Optional.of(
            new LayerTarget(
                json.get("layer", integer(-1, Integer.MAX_VALUE)),
                json.get("module", Kinds.MODULES)));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    benchmark.addTo(json);
    addSeed(benchmark, seed, json);
    target.ifPresentOrElse(
        pruned -> pruned.addTo(json), () -> json.putNull("layer").putNull("module"));
    return json.put(target.map(EditTarget::axis).orElse("rate"), rate.value())
        .put("part", split.label());
  }

  @Override
  public String toString() {
    return "%s%s, %s, %s"
        .formatted(
            benchmark,
            benchmark instanceof TextPair ? "" : ", seed " + seed,
            target.map(pruned -> pruned.at(rate)).orElse("plain"),
            split.label());
  }
}
