package rankine.engine.checkpoint;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.NUMBER;
import static rankine.common.io.JsonKind.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/**
 * The settings of a JSON object such as {@code config.json}, looked up by key and checked by kind.
 *
 * <p>Every look-up marks its key as read. {@link #finish} then refuses unread keys that are not
 * known to be harmless, so that a setting that would change the maths is never ignored. A key whose
 * value is JSON null counts as absent.
 *
 * <p>Every look-up throws {@link CheckpointException}: {@link Fault#MISSING_SETTING} for an absent
 * key without a fallback, {@link Fault#BAD_SETTING} for a value of another kind or range. Not
 * thread-safe, because a look-up marks its key.
 */
public final class Settings {
  private static final JsonKind<Integer> COUNT =
      JsonKind.of(
          "a positive integer",
          value -> value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0,
          JsonNode::intValue);

  private static final JsonKind<JsonNode> OBJECT =
      JsonKind.of("an object", JsonNode::isObject, value -> value);
  private static final JsonKind<JsonNode> ANY =
      JsonKind.of("a value", value -> true, value -> value);

  private final Path file;
  private final JsonObject json;
  private final Map<String, Settings> nested = new HashMap<>();

  private Settings(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads the settings in a JSON file.
   *
   * @throws CheckpointException if it cannot be read or is not one strict JSON object
   */
  public static Settings read(Path file) {
    return new Settings(file, CheckpointJson.read(file));
  }

  /** Parses {@code json}; {@code file} names it in messages. */
  public static Settings parse(Path file, String json) {
    return new Settings(
        file, CheckpointJson.of(file).object(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the same settings with no key marked as read. */
  public Settings fresh() {
    return new Settings(file, json.fresh());
  }

  /** Returns an integer, or a list of them; empty if absent or null. */
  public Optional<Set<Integer>> ids(String key) {
    if (!json.isGiven(key)) {
      return Optional.empty();
    }
    return Optional.of(
        json.node(key).isArray()
            ? Set.copyOf(json.list(key, JsonKind.INTEGER))
            : Set.of(json.get(key, JsonKind.INTEGER)));
  }

  /** Returns the settings as compact JSON, keys in file order. */
  public String json() {
    return json.tree().toString();
  }

  /** Returns whether the key exists and is not null. Marks nothing. */
  public boolean has(String key) {
    return json.tree().hasNonNull(key);
  }

  /** A string. */
  public String text(String key) {
    return optionalText(key).orElseThrow(() -> missing(key));
  }

  /** A string, {@code fallback} if absent. */
  public String text(String key, String fallback) {
    return optionalText(key).orElse(fallback);
  }

  /** A string if present. */
  public Optional<String> optionalText(String key) {
    return look(key, STRING);
  }

  /** An integer from 1 to 2^31 - 1. */
  public int count(String key) {
    return optionalCount(key).orElseThrow(() -> missing(key));
  }

  /** An integer from 1 to 2^31 - 1, {@code fallback} if absent. */
  public int count(String key, int fallback) {
    return optionalCount(key).orElse(fallback);
  }

  /** An integer from 1 to 2^31 - 1 if present. */
  public OptionalInt optionalCount(String key) {
    return look(key, COUNT).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /** An integer from 1 to 2^31 - 1, empty if null, {@code fallback} if there is no such key. */
  public OptionalInt nullableCount(String key, int fallback) {
    return json.tree().has(key) ? optionalCount(key) : OptionalInt.of(fallback);
  }

  /** A finite number. */
  public double number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  /** A finite number, {@code fallback} if absent. */
  public double number(String key, double fallback) {
    return optionalNumber(key).orElse(fallback);
  }

  /** A finite number other than 0, {@code fallback} if absent. */
  public double divisor(String key, double fallback) {
    double value = number(key, fallback);
    if (value == 0) {
      throw unsupported(key, "a number other than 0");
    }
    return value;
  }

  /** A finite number if present. */
  public OptionalDouble optionalNumber(String key) {
    return look(key, NUMBER).map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
  }

  /** True or false, {@code fallback} if absent. */
  public boolean flag(String key, boolean fallback) {
    return optionalFlag(key).orElse(fallback);
  }

  /** True or false if present. */
  public Optional<Boolean> optionalFlag(String key) {
    return look(key, FLAG);
  }

  /** A list of finite numbers if present. */
  public Optional<List<Double>> numbers(String key) {
    return look(key, listOf("a list of finite numbers", NUMBER));
  }

  /** A list of strings if present. */
  public Optional<List<String>> texts(String key) {
    return look(key, listOf("a list of strings", STRING));
  }

  /**
   * A nested object if present. {@link #finish} on this object also checks the keys of the nested
   * objects that were read. All calls for one key return the same object.
   */
  public Optional<Settings> object(String key) {
    return has(key) ? Optional.of(nested.computeIfAbsent(key, this::inner)) : Optional.empty();
  }

  /** Returns the object at the key, which must exist, over the keys of another in JSON. */
  public Settings objectOver(String key, String defaults) {
    JsonObject under = parse(file, defaults).json;
    return nested.computeIfAbsent(
        key,
        k ->
            new Settings(file, look(k, OBJECT).map(_ -> json.object(k).over(under)).orElseThrow()));
  }

  private Settings inner(String key) {
    return new Settings(file, look(key, OBJECT).map(_ -> json.object(key)).orElseThrow());
  }

  /** A string that must be one of {@code allowed}; {@code fallback} if absent. */
  public String oneOf(String key, String fallback, List<String> allowed) {
    String text = text(key, fallback);
    if (!allowed.contains(text)) {
      throw unsupported(key, "one of " + allowed);
    }
    return text;
  }

  /**
   * Requires that the key, if present, has one of the values that this engine supports.
   *
   * @param allowed strings, booleans or numbers; numbers are compared as doubles. None: the key
   *     must be absent or null
   * @throws CheckpointException {@link Fault#UNSUPPORTED_SETTING} for another value
   */
  public void require(String key, Object... allowed) {
    Optional<JsonNode> value = look(key, ANY);
    if (value.isPresent() && Arrays.stream(allowed).noneMatch(a -> equal(value.get(), a))) {
      throw unsupported(
          key,
          switch (allowed.length) {
            case 0 -> "none";
            case 1 -> String.valueOf(allowed[0]);
            default -> Arrays.toString(allowed);
          });
    }
  }

  /** Marks keys as read that no operation of the model depends on, whatever their values. */
  public void ignore(String... keys) {
    for (String key : keys) {
      look(key, ANY);
    }
  }

  /** Creates the exception for a value that the caller does not support, for callers to throw. */
  public CheckpointException unsupported(String key, String expected) {
    String found = has(key) ? Shown.value(json.node(key)) : "none";
    return fault(Fault.UNSUPPORTED_SETTING, key, "expected " + expected + ", found " + found);
  }

  /**
   * Refuses every unread key, unless it cannot matter: its value is null, false, 0 or empty; it is
   * one of {@link IgnoredSettings}; or it is in {@code harmless}. Call it after the architecture
   * has read all the settings that it uses.
   *
   * @param harmless further keys; a key of a nested object as {@code outer.inner}
   * @throws CheckpointException {@link Fault#UNKNOWN_SETTING} for the first of the others by name
   */
  public void finish(Set<String> harmless) {
    finish(harmless, "");
  }

  private void finish(Set<String> harmless, String path) {
    for (String key : json.others()) {
      boolean known =
          harmless.contains(path + key)
              || IgnoredSettings.contains(key)
              || isNeutral(json.tree().get(key));
      if (!known) {
        throw fault(
            Fault.UNKNOWN_SETTING,
            key,
            "a setting this engine does not know and so must not ignore (found "
                + Shown.value(json.tree().get(key))
                + ")");
      }
    }
    nested.forEach((key, object) -> object.finish(harmless, path + key + "."));
  }

  private <T> Optional<T> look(String key, JsonKind<T> kind) {
    if (!json.isGiven(key)) {
      return Optional.empty();
    }
    JsonNode value = json.node(key);
    Optional<T> read = kind.read().apply(value);
    if (read.isEmpty()) {
      throw fault(
          Fault.BAD_SETTING, key, "expected " + kind.expected() + ", found " + Shown.value(value));
    }
    return read;
  }

  private CheckpointException missing(String key) {
    return fault(Fault.MISSING_SETTING, key, "expected a value, found none");
  }

  private CheckpointException fault(Fault fault, String key, String problem) {
    return CheckpointException.of(fault, file, json.path(key), problem);
  }

  private static <T> JsonKind<List<T>> listOf(String expected, JsonKind<T> kind) {
    return JsonKind.of(
        expected,
        list ->
            list.isArray() && list.valueStream().allMatch(e -> kind.read().apply(e).isPresent()),
        list -> list.valueStream().map(e -> kind.read().apply(e).orElseThrow()).toList());
  }

  private static boolean equal(JsonNode value, Object allowed) {
    return switch (allowed) {
      case String text -> value.isTextual() && value.textValue().equals(text);
      case Boolean flag -> value.isBoolean() && value.booleanValue() == flag;
      case Number number -> value.isNumber() && value.doubleValue() == number.doubleValue();
      default -> throw new IllegalArgumentException("not a string, boolean or number: " + allowed);
    };
  }

  private static boolean isNeutral(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> true;
      case BOOLEAN -> !value.booleanValue();
      case NUMBER -> value.doubleValue() == 0;
      case STRING -> value.textValue().isEmpty();
      case ARRAY, OBJECT -> value.isEmpty();
      case BINARY, POJO -> false;
    };
  }
}
