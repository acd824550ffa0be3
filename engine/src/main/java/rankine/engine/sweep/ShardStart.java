package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Start of a process that fills its shard of a grid.
 *
 * @param started time, ISO 8601
 * @param manifest versions, machine, backend, threads
 */
public record ShardStart(SweepGrid grid, Shard shard, String started, ObjectNode manifest)
    implements RunLine {

  static ShardStart of(Fields json) {
    ShardStart start =
        new ShardStart(
            SweepGrid.of(json.object("grid")),
            Shard.parse(json.text("shard")),
            json.text("started"),
            json.tree("manifest"));
    json.refuseOthers();
    return start;
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
