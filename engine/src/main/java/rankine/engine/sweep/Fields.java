package rankine.engine.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.common.EditException;
import rankine.common.RunException;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/**
 * A JSON object of a run folder, read key by key. A missing key, one of another kind and, at the
 * end, one that nobody asked for are errors that name the place and the key.
 */
final class Fields {
  private final String where;
  private final String path;
  private final ObjectNode object;
  private final Set<String> asked = new LinkedHashSet<>();

  private Fields(String where, String path, ObjectNode object) {
    this.where = where;
    this.path = path;
    this.object = object;
  }

  /**
   * The object in {@code utf8}.
   *
   * @param where names the place in messages: a file, or a file and a line
   * @throws JsonText.Malformed if it is none
   */
  static Fields parse(String where, byte[] utf8) throws JsonText.Malformed {
    return new Fields(where, "", JsonText.object(utf8));
  }

  /** An error about {@code key}. */
  RunException error(String key, String expected, String found) {
    return new RunException(
        "%s: key '%s%s': expected %s, found %s".formatted(where, path, key, expected, found));
  }

  private RunException error(String key, String expected, JsonNode found) {
    return error(key, expected, JsonText.kind(found));
  }

  private JsonNode node(String key) {
    asked.add(key);
    return object.path(key);
  }

  boolean isNull(String key) {
    return node(key).isNull();
  }

  /** The object under {@code key}, to be read. */
  Fields object(String key) {
    return new Fields(where, path + key + ".", tree(key));
  }

  /** The objects in the list under {@code key}, to be read. */
  List<Fields> objects(String key) {
    List<Fields> all = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (!(item instanceof ObjectNode each)) {
        throw error(key, "objects", item);
      }
      all.add(new Fields(where, path + key + ".", each));
    }
    return all;
  }

  /** The object under {@code key}, as it is. */
  ObjectNode tree(String key) {
    JsonNode node = node(key);
    if (node instanceof ObjectNode tree) {
      return tree;
    }
    throw error(key, "an object", node);
  }

  String text(String key) {
    JsonNode node = node(key);
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw error(key, "a text that is not empty", node);
    }
    return node.textValue();
  }

  /** A text, empty or not. */
  String anyText(String key) {
    JsonNode node = node(key);
    if (!node.isTextual()) {
      throw error(key, "a text", node);
    }
    return node.textValue();
  }

  /** One of {@code values}, by its label. */
  <T> T oneOf(String key, T[] values, Function<T, String> label) {
    JsonNode node = node(key);
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(node.textValue()))
        .findFirst()
        .orElseThrow(
            () ->
                error(
                    key,
                    "one of " + Arrays.stream(values).map(label).collect(Collectors.joining(", ")),
                    node));
  }

  int integer(String key, int least, int most) {
    return integer(key, node(key), least, most);
  }

  private int integer(String key, JsonNode node, int least, int most) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      throw error(key, "an integer from %d to %d".formatted(least, most), node);
    }
    return node.intValue();
  }

  /** Absent where it is null. */
  OptionalInt optionalInteger(String key, int least) {
    return isNull(key)
        ? OptionalInt.empty()
        : OptionalInt.of(integer(key, least, Integer.MAX_VALUE));
  }

  List<Integer> integers(String key, int least) {
    List<Integer> all = new ArrayList<>();
    list(key).forEach(item -> all.add(integer(key, item, least, Integer.MAX_VALUE)));
    return all;
  }

  /** Any integer of 64 bits. */
  long number(String key) {
    return number(key, node(key));
  }

  private long number(String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw error(key, "an integer of 64 bits", node);
    }
    return node.longValue();
  }

  List<Long> numbers(String key) {
    List<Long> all = new ArrayList<>();
    list(key).forEach(item -> all.add(number(key, item)));
    return all;
  }

  /** A finite number in [least, ∞). */
  double real(String key, double least) {
    return real(key, node(key), least);
  }

  private double real(String key, JsonNode node, double least) {
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!Double.isFinite(value) || value < least) {
      throw error(key, "a finite number, %s or more".formatted(least), node);
    }
    return value;
  }

  List<Double> reals(String key, double least) {
    List<Double> all = new ArrayList<>();
    list(key).forEach(item -> all.add(real(key, item, least)));
    return all;
  }

  PruningRate rate(String key) {
    return rate(key, node(key));
  }

  private PruningRate rate(String key, JsonNode node) {
    if (!node.isNumber()) {
      throw error(key, "a rate", node);
    }
    try {
      return new PruningRate(node.decimalValue());
    } catch (EditException e) {
      throw error(key, "a rate in [0, 1)", node);
    }
  }

  List<PruningRate> rates(String key) {
    List<PruningRate> all = new ArrayList<>();
    list(key).forEach(item -> all.add(rate(key, item)));
    return all;
  }

  ModuleSelection modules(String key) {
    return modules(key, text(key));
  }

  private ModuleSelection modules(String key, String name) {
    try {
      return ModuleSelection.of(name);
    } catch (EditException e) {
      throw error(key, "a module", "'" + JsonText.brief(name) + "'");
    }
  }

  List<ModuleSelection> moduleList(String key) {
    return texts(key).stream().map(name -> modules(key, name)).toList();
  }

  List<String> texts(String key) {
    List<String> all = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (!item.isTextual()) {
        throw error(key, "texts", item);
      }
      all.add(item.textValue());
    }
    return all;
  }

  boolean has(String key) {
    return object.has(key);
  }

  private JsonNode list(String key) {
    JsonNode node = node(key);
    if (!node.isArray()) {
      throw error(key, "a list", node);
    }
    return node;
  }

  /** Refuses any key that was not asked for. */
  void refuseOthers() {
    Set<String> others = new TreeSet<>();
    object.fieldNames().forEachRemaining(others::add);
    others.removeAll(asked);
    if (!others.isEmpty()) {
      throw error(
          JsonText.brief(others.iterator().next()),
          "one of " + String.join(", ", new TreeSet<>(asked)),
          "an unknown key");
    }
  }
}
