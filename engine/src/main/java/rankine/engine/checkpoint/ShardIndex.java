package rankine.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.Shown;

/**
 * {@code model.safetensors.index.json}: the map from tensor names to shards.
 *
 * <p>The index is untrusted input, so each shard must resolve to a file inside the folder of the
 * index, links followed. In the cache of Hugging Face, where {@code snapshots/REVISION} holds links
 * to {@code blobs} beside {@code snapshots}, the file may also be one of those blobs. Fields
 * besides {@code weight_map} are ignored.
 *
 * @param file the index
 * @param shards by name, as in the index
 */
record ShardIndex(Path file, SortedMap<String, WeightShard> shards) {

  /**
   * A shard.
   *
   * @param real path with links resolved
   * @param tensors names of the tensors that the index assigns to it
   */
  record WeightShard(Path real, List<String> tensors) {}

  static ShardIndex read(Path file) {
    ObjectNode root = CheckpointJson.read(file).tree();
    JsonNode map = root.get("weight_map");
    if (map == null) {
      throw CheckpointException.of(
          Fault.MISSING_FIELD, file, "weight_map", "expected an object, found none");
    }
    if (!map.isObject() || map.isEmpty()) {
      throw CheckpointException.of(
          Fault.WRONG_KIND,
          file,
          "weight_map",
          "expected an object with at least one tensor, found " + Shown.value(map));
    }
    Path folder = Checkpoint.realPath(file.resolveSibling("."));
    SortedMap<String, WeightShard> shards = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String tensor = entry.getKey();
      if (!TensorNames.isText(tensor)) {
        throw CheckpointException.of(
            Fault.BAD_NAME, file, "weight_map", "expected tensor names, found invalid text");
      }
      if (!entry.getValue().isTextual()) {
        throw CheckpointException.of(
            Fault.WRONG_KIND,
            file,
            tensor,
            "expected the name of a shard, found " + Shown.value(entry.getValue()));
      }
      shards
          .computeIfAbsent(
              entry.getValue().textValue(),
              shard -> new WeightShard(locate(file, folder, shard), new ArrayList<>()))
          .tensors()
          .add(tensor);
    }
    return new ShardIndex(file, shards);
  }

  /**
   * Returns the content of the index {@code original} with the replaced tensors substituted.
   *
   * @param replaced the removed tensors, each with the tensors that its shard holds instead
   */
  static byte[] edited(Path original, Map<String, List<NewTensor>> replaced) {
    ObjectNode root = CheckpointJson.read(original).tree();
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : root.get("weight_map").properties()) {
      List<NewTensor> replacements = replaced.get(entry.getKey());
      if (replacements == null) {
        map.set(entry.getKey(), entry.getValue());
      } else {
        replacements.forEach(tensor -> map.set(tensor.name(), entry.getValue()));
      }
    }
    root.set("weight_map", map);
    if (root.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("total_size"); // the size of the original; no reader uses it
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Path locate(Path index, Path folder, String shard) {
    Path relative;
    try {
      relative = Path.of(shard);
    } catch (InvalidPathException e) {
      throw CheckpointException.of(
          Fault.BAD_NAME, index, shard, "expected a file name, found an invalid path");
    }
    if (!TensorNames.isText(shard)) {
      throw CheckpointException.of(
          Fault.BAD_NAME, index, "weight_map", "expected the name of a shard, found \"\"");
    }
    boolean hasParent = false;
    for (Path element : relative) {
      hasParent |= element.toString().equals("..");
    }
    if (relative.isAbsolute() || hasParent) {
      throw CheckpointException.of(
          Fault.SHARD_OUTSIDE_FOLDER,
          index,
          shard,
          "expected a shard inside the checkpoint folder, found a path that leads out of it");
    }
    Path path = folder.resolve(relative);
    if (!Files.isRegularFile(path)) {
      throw CheckpointException.of(
          Fault.NO_SHARD, index, shard, "expected this shard in the folder, found no such file");
    }
    Path real = Checkpoint.realPath(path);
    if (!real.startsWith(folder) && !isBlob(real, folder)) {
      throw CheckpointException.of(
          Fault.SHARD_OUTSIDE_FOLDER,
          index,
          shard,
          "expected a shard inside the checkpoint folder, found a link to " + Shown.path(real));
    }
    return real;
  }

  /** Returns whether {@code real} is a blob of the cached repository that {@code folder} is of. */
  private static boolean isBlob(Path real, Path folder) {
    for (Path at = folder.getParent(); at != null; at = at.getParent()) {
      if (at.endsWith("snapshots")) {
        return real.startsWith(at.resolveSibling("blobs"));
      }
    }
    return false;
  }
}
