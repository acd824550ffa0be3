package rankine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import rankine.common.Text;
import rankine.common.TokenizerException;

/**
 * One JSON object of a tokenizer file, read strictly: each accessor checks the type of what it
 * returns, and {@link #done} refuses every key that nothing asked for, so that no option of a
 * component is ever passed over.
 */
final class Component {
  private final String file;
  private final String path;
  private final JsonNode node;
  private final Set<String> asked = new HashSet<>();

  private Component(String file, String path, JsonNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /** The object {@code node}, found at {@code path} of {@code file}. */
  static Component of(String file, String path, JsonNode node) {
    if (!node.isObject()) {
      throw TokenizerException.of(file, path, "an object", show(node));
    }
    return new Component(file, path, node);
  }

  String file() {
    return file;
  }

  boolean has(String key) {
    asked.add(key);
    return node.has(key);
  }

  /** Whether there is a value for {@code key} that is not null. */
  boolean isGiven(String key) {
    return has(key) && !node.get(key).isNull();
  }

  boolean isObject(String key) {
    return get(key).isObject();
  }

  String string(String key) {
    JsonNode value = get(key);
    if (!value.isTextual()) {
      throw fault(key, "a string", show(value));
    }
    if (!Text.isWellFormed(value.textValue())) {
      throw fault(key, "well-formed Unicode", "a lone surrogate");
    }
    return value.textValue();
  }

  boolean bool(String key) {
    JsonNode value = get(key);
    if (!value.isBoolean()) {
      throw fault(key, "true or false", show(value));
    }
    return value.booleanValue();
  }

  boolean bool(String key, boolean absent) {
    return has(key) ? bool(key) : absent;
  }

  int integer(String key) {
    JsonNode value = get(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw fault(key, "an integer", show(value));
    }
    return value.intValue();
  }

  /** An integer from 0 to below {@code limit}. */
  int integer(String key, int limit) {
    int value = integer(key);
    if (value < 0 || value >= limit) {
      throw fault(key, "an integer from 0 to " + (limit - 1), Integer.toString(value));
    }
    return value;
  }

  Component child(String key) {
    return of(file, path(key), get(key));
  }

  List<Component> children(String key) {
    List<Component> result = new ArrayList<>();
    for (JsonNode element : array(key)) {
      result.add(of(file, path(key) + "[" + result.size() + "]", element));
    }
    return result;
  }

  List<Integer> integers(String key) {
    List<Integer> result = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isIntegralNumber() || !element.canConvertToInt()) {
        throw fault(key, "integers", show(element));
      }
      result.add(element.intValue());
    }
    return result;
  }

  /** The keys of this object. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Marks keys as read that have no bearing on the ids. */
  void ignore(String... keys) {
    asked.addAll(List.of(keys));
  }

  /** Refuses keys that nothing asked for. */
  void done() {
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!asked.contains(name)) {
        throw fault(name, "no such option (it is not implemented)", show(node.get(name)));
      }
    }
  }

  TokenizerException fault(String key, String expected, String found) {
    return TokenizerException.of(file, path(key), expected, found);
  }

  /** A value for a message. */
  static String show(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> TokenizerException.quote(value.textValue());
      case MISSING -> "nothing";
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      default -> value.toString().length() <= 40 ? value.toString() : "a long number";
    };
  }

  private JsonNode get(String key) {
    asked.add(key);
    return node.path(key);
  }

  private JsonNode array(String key) {
    JsonNode value = get(key);
    if (!value.isArray()) {
      throw fault(key, "an array", show(value));
    }
    return value;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
