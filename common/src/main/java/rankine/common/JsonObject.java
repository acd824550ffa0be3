package rankine.common;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A JSON object, read key by key. Each accessor checks the kind of what it returns and marks its
 * key as asked for; {@link #done} refuses the keys that nobody asked for, so that nothing is passed
 * over by accident. A fault names the source, the key with its path, what was expected and found.
 *
 * <p>Not for use by several threads at once.
 */
public final class JsonObject {
  private final Json json;
  private final String path;
  private final ObjectNode object;
  private final Set<String> asked = new HashSet<>();

  JsonObject(Json json, String path, ObjectNode object) {
    this.json = json;
    this.path = path;
    this.object = object;
  }

  /** The object that {@code node}, at {@code path} of {@code json}, must be. */
  public static JsonObject of(Json json, String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      return new JsonObject(json, path, object);
    }
    throw json.fault(Fault.WRONG_KIND, path, "an object", shown(node));
  }

  /** Where the object is from, for messages. */
  public String source() {
    return json.source();
  }

  /** The object itself, to be looked at only. */
  public ObjectNode tree() {
    return object;
  }

  /** The same object with no key asked for yet. */
  public JsonObject fresh() {
    return new JsonObject(json, path, object);
  }

  /** The same object with {@code over}'s keys in place of its own, with no key asked for yet. */
  public JsonObject with(JsonObject over) {
    ObjectNode merged = object.deepCopy();
    merged.setAll(over.object);
    return new JsonObject(json, path, merged);
  }

  /** The keys, in the order of the file. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Whether the key is there. Marks nothing. */
  public boolean has(String key) {
    return object.has(key);
  }

  /** Whether the key has a value that is not null. */
  public boolean isGiven(String key) {
    JsonNode value = node(key);
    return !value.isMissingNode() && !value.isNull();
  }

  /** The value under the key, whatever it is; a missing node if there is none. */
  public JsonNode node(String key) {
    asked.add(key);
    return object.path(key);
  }

  /** The value under the key. */
  public <T> T get(String key, JsonKind<T> kind) {
    return read(key, node(key), kind);
  }

  /** The value under the key; {@code absent} where there is no such key. */
  public <T> T get(String key, JsonKind<T> kind, T absent) {
    JsonNode value = node(key);
    return value.isMissingNode() ? absent : read(key, value, kind);
  }

  /** The value under the key; empty where there is no such key, or where it is null. */
  public <T> Optional<T> optional(String key, JsonKind<T> kind) {
    return isGiven(key) ? Optional.of(get(key, kind)) : Optional.empty();
  }

  /** The value under the key, which must be there; empty where it is null. */
  public <T> Optional<T> nullable(String key, JsonKind<T> kind) {
    JsonNode value = node(key);
    return value.isNull() ? Optional.empty() : Optional.of(read(key, value, kind));
  }

  /** The values in the array under the key. */
  public <T> List<T> list(String key, JsonKind<T> kind) {
    List<T> values = new ArrayList<>();
    for (JsonNode element : array(key)) {
      values.add(read(key + "[" + values.size() + "]", element, kind));
    }
    return List.copyOf(values);
  }

  /** The object under the key. */
  public JsonObject object(String key) {
    return of(json, path(key), node(key));
  }

  /** The objects in the array under the key. */
  public List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (JsonNode element : array(key)) {
      objects.add(of(json, path(key) + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /** Marks keys as asked for that need no reading. */
  public void ignore(String... keys) {
    asked.addAll(List.of(keys));
  }

  /** The keys that nobody asked for, by name. */
  public SortedSet<String> others() {
    SortedSet<String> others = new TreeSet<>(keys());
    others.removeAll(asked);
    return others;
  }

  /** Refuses the keys that nobody asked for. */
  public void done() {
    if (!others().isEmpty()) {
      throw fault(
          Fault.UNKNOWN_FIELD,
          others().first(),
          "one of " + String.join(", ", new TreeSet<>(asked)),
          "an unknown key");
    }
  }

  /** The exception for what is wrong at {@code key}, for callers to throw. */
  public RankineException fault(String key, String expected, String found) {
    return fault(Fault.WRONG_KIND, key, expected, found);
  }

  /** As {@link #fault(String, String, String)}, of another rule. */
  public RankineException fault(Fault rule, String key, String expected, String found) {
    return json.fault(rule, path(key), expected, found);
  }

  /** The key with its path from the document's start. */
  public String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** A value for a message. */
  public static String shown(JsonNode value) {
    return value.isMissingNode() ? "nothing" : Shown.value(value);
  }

  private JsonNode array(String key) {
    JsonNode value = node(key);
    if (!value.isArray()) {
      throw wrong(key, value, "an array");
    }
    return value;
  }

  private <T> T read(String key, JsonNode value, JsonKind<T> kind) {
    return kind.read().apply(value).orElseThrow(() -> wrong(key, value, kind.expected()));
  }

  private RankineException wrong(String key, JsonNode value, String expected) {
    if (value.isTextual() && !Text.isWellFormed(value.textValue())) {
      return fault(key, "well-formed Unicode", "a lone surrogate");
    }
    Fault rule = value.isMissingNode() ? Fault.MISSING_FIELD : Fault.WRONG_KIND;
    return fault(rule, key, expected, shown(value));
  }
}
