package rankine.common.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import rankine.common.Fault;
import rankine.common.RankineException;

/**
 * A JSON object, read key by key. Each accessor checks the type of its value and marks the key as
 * read; {@link #done} refuses unread keys, so that none is ignored by accident. A fault names the
 * source, the path of the key, the expected and the found.
 *
 * <p>Not thread-safe.
 */
public final class JsonObject {
  private final Json json;
  private final String path;
  private final ObjectNode object;
  private final Set<String> read = new HashSet<>();

  JsonObject(Json json, String path, ObjectNode object) {
    this.json = json;
    this.path = path;
    this.object = object;
  }

  /** Wraps {@code node}, found at {@code path} of {@code json}, which must be an object. */
  public static JsonObject of(Json json, String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      return new JsonObject(json, path, object);
    }
    throw json.fault(Fault.WRONG_KIND, path, "an object", shown(node));
  }

  /** Returns the source of the object, for messages. */
  public String source() {
    return json.source();
  }

  /** Returns the object itself; callers must not change it. */
  public ObjectNode tree() {
    return object;
  }

  /** Returns the same object with no key marked as read. */
  public JsonObject fresh() {
    return new JsonObject(json, path, object);
  }

  /** Returns this object overlaid with the keys of {@code over}, none marked as read. */
  public JsonObject with(JsonObject over) {
    ObjectNode merged = object.deepCopy();
    merged.setAll(over.object);
    return new JsonObject(json, path, merged);
  }

  /** Returns this object with those keys of {@code under} that it lacks, none marked as read. */
  public JsonObject over(JsonObject under) {
    ObjectNode merged = under.object.deepCopy();
    merged.setAll(object);
    return new JsonObject(json, path, merged);
  }

  /** Returns the keys, in file order. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Returns whether the key exists. Marks nothing. */
  public boolean has(String key) {
    return object.has(key);
  }

  /** Returns whether the key has a value other than null. */
  public boolean isGiven(String key) {
    JsonNode value = node(key);
    return !value.isMissingNode() && !value.isNull();
  }

  /** Returns the value of the key, of any type; a missing node if absent. */
  public JsonNode node(String key) {
    read.add(key);
    return object.path(key);
  }

  /** Returns the value of the key. */
  public <T> T get(String key, JsonKind<T> kind) {
    return read(key, node(key), kind);
  }

  /** Returns the value of the key, or {@code absent} if the key does not exist. */
  public <T> T get(String key, JsonKind<T> kind, T absent) {
    JsonNode value = node(key);
    return value.isMissingNode() ? absent : read(key, value, kind);
  }

  /** Returns the value of the key; empty if absent or null. */
  public <T> Optional<T> optional(String key, JsonKind<T> kind) {
    return isGiven(key) ? Optional.of(get(key, kind)) : Optional.empty();
  }

  /** Returns the value of the key, which must exist; empty if null. */
  public <T> Optional<T> nullable(String key, JsonKind<T> kind) {
    JsonNode value = node(key);
    return value.isNull() ? Optional.empty() : Optional.of(read(key, value, kind));
  }

  /** Returns the values of the array at the key. */
  public <T> List<T> list(String key, JsonKind<T> kind) {
    List<T> values = new ArrayList<>();
    for (JsonNode element : array(key)) {
      values.add(read(key + "[" + values.size() + "]", element, kind));
    }
    return List.copyOf(values);
  }

  /** Returns the object at the key. */
  public JsonObject object(String key) {
    return of(json, path(key), node(key));
  }

  /** Returns the objects of the array at the key. */
  public List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (JsonNode element : array(key)) {
      objects.add(of(json, path(key) + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /** Marks keys as read that need no reading. */
  public void ignore(String... keys) {
    read.addAll(List.of(keys));
  }

  /** Returns the unread keys, sorted. */
  public SortedSet<String> others() {
    SortedSet<String> others = new TreeSet<>(keys());
    others.removeAll(read);
    return others;
  }

  /** Refuses unread keys. */
  public void done() {
    for (String key : keys()) {
      if (!read.contains(key)) {
        throw fault(
            Fault.UNKNOWN_FIELD,
            key,
            "one of " + String.join(", ", new TreeSet<>(read)),
            "an unknown key");
      }
    }
  }

  /** Creates the exception for a fault at {@code key}, for callers to throw. */
  public RankineException fault(String key, String expected, String found) {
    return fault(Fault.WRONG_KIND, key, expected, found);
  }

  /** As {@link #fault(String, String, String)}, for another rule. */
  public RankineException fault(Fault rule, String key, String expected, String found) {
    return json.fault(rule, path(key), expected, found);
  }

  /** Creates the exception for a text that is no UTF-16. */
  public RankineException loneSurrogate(String key) {
    return fault(key, "well-formed Unicode", "a lone surrogate");
  }

  /** Returns the path of the key from the document's root. */
  public String path(String key) {
    return Json.join(path, key);
  }

  /** Returns a value for a message. */
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
      return loneSurrogate(key);
    }
    Fault rule = value.isMissingNode() ? Fault.MISSING_FIELD : Fault.WRONG_KIND;
    return fault(rule, key, expected, shown(value));
  }
}
