package rankine.engine.sweep;

import static rankine.common.io.JsonKind.TEXT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.io.JsonObject;

/**
 * Start of a process that fills its shard of a grid.
 *
 * @param started time, ISO 8601
 * @param manifest versions, machine, backend, threads
 */
public record ShardStart(SweepGrid grid, Shard shard, String started, ObjectNode manifest)
    implements RunLine {

  static ShardStart of(JsonObject json) {
    ShardStart begin =
        new ShardStart(
            SweepGrid.of(json.object("grid")),
            Shard.parse(json.get("shard", TEXT)),
            json.get("started", TEXT),
            json.object("manifest").tree());
    json.done();
    return begin;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", LineKind.BEGIN.label());
    json.set("grid", grid.toJson());
    json.put("shard", shard.toString()).put("started", started);
    json.set("manifest", manifest);
    return json;
  }
}
