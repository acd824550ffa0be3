package rankine.engine.sweep;

import static rankine.common.io.JsonKind.NUMBER;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.number;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import rankine.common.RunException;
import rankine.common.io.JsonObject;
import rankine.engine.stats.Score;

/**
 * A finished evaluation of a grid.
 *
 * @param ranks the ranks that its edit keeps, different ones, ascending; none for the unedited
 *     model, for a method that does not truncate an SVD, and in folders of older versions
 * @param removed the fraction of the blocks' parameters that a whole model's factors save; absent
 *     for other targets, and for a method that does not lower the rank
 * @param seconds duration of the evaluation
 */
public record Cell(
    CellKey key,
    EvaluationRecord evaluation,
    List<Integer> ranks,
    OptionalDouble removed,
    double seconds)
    implements RunLine {

  /** Copies the list, and checks that a text's key has a text's evaluation. */
  public Cell {
    ranks = List.copyOf(ranks);
    boolean text =
        switch (evaluation) {
          case TextRecord _ -> true;
          case TaskRecord _ -> false;
        };
    if (text != key.benchmark() instanceof TextPair) {
      throw new RunException(
          "cell %s: expected the evaluation of a %s, found another"
              .formatted(key, text ? "task" : "text"));
    }
  }

  static Cell of(JsonObject json) {
    Cell cell =
        new Cell(
            CellKey.of(json.object("cell")),
            EvaluationRecord.of(json),
            json.has("ranks") ? json.list("ranks", integer(0, Integer.MAX_VALUE)) : List.of(),
            json.optional("removed", NUMBER).stream().mapToDouble(Double::doubleValue).findFirst(),
            json.get("seconds", number(0)));
    json.done();
    return cell;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", LineKind.CELL.label());
    json.set("cell", key.toJson());
    evaluation.addTo(json);
    if (!ranks.isEmpty()) {
      ranks.forEach(json.putArray("ranks")::add);
    }
    removed.ifPresent(fraction -> json.put("removed", fraction));
    json.put("seconds", seconds);
    json.set("manifest", evaluation.manifest());
    return json;
  }

  /** Its figures; {@link Score#value} is what rates are chosen by. */
  public Score score() {
    return evaluation.score();
  }

  /**
   * Returns whether both cells have the same key, result and outcomes; time and machine may differ.
   */
  boolean agreesWith(Cell other) {
    return key.equals(other.key) && evaluation.agreesWith(other.evaluation);
  }
}
