package rankine.engine.sweep;

import static rankine.common.JsonKind.LONG;
import static rankine.common.JsonKind.TEXT;
import static rankine.common.JsonKind.integer;
import static rankine.common.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import rankine.common.JsonObject;
import rankine.common.RunException;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;

/**
 * One evaluation of the grid.
 *
 * @param seed chooses the demonstrations
 * @param site where the model is pruned; none for the plain model
 * @param rate 0 for the plain model, and only for it
 */
public record CellKey(
    TaskVersion task,
    long seed,
    Optional<EditTarget> site,
    PruningRate rate,
    EvaluationSplit part) {
  /** Checks that rate and site agree. */
  public CellKey {
    if (site.isEmpty() != rate.isZero()) {
      throw new RunException(
          "cell: expected a layer and a module, or rate 0 and neither, found rate %s and %s"
              .formatted(rate, site.map(EditTarget::toString).orElse("neither")));
    }
  }

  /** Whether it is the unpruned model. */
  public boolean isPlain() {
    return site.isEmpty();
  }

  /** The plain cell of its task, seed and part: all that share it are asked the same. */
  CellKey questions() {
    return new CellKey(task, seed, Optional.empty(), PruningRate.ZERO, part);
  }

  static CellKey of(JsonObject json) {
    TaskVersion task = new TaskVersion(json.get("task", TEXT), json.get("version", TEXT));
    Optional<EditTarget> site =
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
            site,
            json.get("rate", Kinds.RATE),
            json.get("part", oneOf(EvaluationSplit.values(), EvaluationSplit::label)));
    json.done();
    return key;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", task.name()).put("version", task.version()).put("seed", seed);
    json.put("layer", site.map(EditTarget::layer).orElse(null));
    json.put("module", site.map(s -> s.modules().name()).orElse(null));
    return json.put("rate", rate.value()).put("part", part.label());
  }

  @Override
  public String toString() {
    return "%s, seed %d, %s, %s"
        .formatted(
            task, seed, site.map(s -> s.edit(rate).toString()).orElse("plain"), part.label());
  }
}
