package rankine.engine.sweep;

import static rankine.common.io.JsonKind.STRING;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.io.JsonObject;
import rankine.engine.icl.Task;

/**
 * Identity of a task of a run.
 *
 * @param revision of the task file
 * @param sha256 of the task file's bytes
 * @param data the folder of its data, as given to the first process; it may move
 */
public record TaskIdentity(TaskVersion task, int revision, String sha256, String data) {

  static TaskIdentity of(Task task, String data) {
    return new TaskIdentity(TaskVersion.of(task), task.revision(), task.hash(), data);
  }

  static TaskIdentity of(JsonObject json) {
    TaskIdentity identity =
        new TaskIdentity(
            new TaskVersion(json.get("name", TEXT), json.get("version", TEXT)),
            json.get("revision", integer(1, Integer.MAX_VALUE)),
            json.get("sha256", TEXT),
            json.get("data", STRING));
    json.done();
    return identity;
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", task.name())
        .put("version", task.version())
        .put("revision", revision)
        .put("sha256", sha256)
        .put("data", data);
  }
}
