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
 * @param seed chooses the demonstrations
 * @param target where the model is pruned; empty for the unedited model
 * @param rate 0 for the unedited model, and only for it
 */
public record CellKey(
    TaskVersion task,
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
   * The unedited model's cell of the same task, seed and split; all cells that share it have the
   * same prompts.
   */
  CellKey plain() {
    return new CellKey(task, seed, Optional.empty(), PruningRate.ZERO, split);
  }

  static CellKey of(JsonObject json) {
    TaskVersion task = new TaskVersion(json.get("task", TEXT), json.get("version", TEXT));
    Optional<EditTarget> target =
        json.node("layer").isNull() && json.node("module").isNull()
            ? Optional.empty()
            : Optional.of(
                new EditTarget(
                    json.get("layer", integer(-1, Integer.MAX_VALUE)),
                    json.get("module", Kinds.MODULES)));
    CellKey key =
        new CellKey(
            task,
            json.get("seed", LONG),
            target,
            json.get("rate", Kinds.RATE),
            json.get("part", oneOf(EvaluationSplit.values(), EvaluationSplit::label)));
    json.done();
    return key;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", task.name()).put("version", task.version()).put("seed", seed);
    json.put("layer", target.map(EditTarget::layer).orElse(null));
    json.put("module", target.map(s -> s.modules().name()).orElse(null));
    return json.put("rate", rate.value()).put("part", split.label());
  }

  @Override
  public String toString() {
    return "%s, seed %d, %s, %s"
        .formatted(
            task, seed, target.map(s -> s.edit(rate).toString()).orElse("plain"), split.label());
  }
}
