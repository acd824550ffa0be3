package rankine.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.Shown;

/**
 * The settings of a JSON object such as {@code config.json}, looked up by key and checked by kind.
 *
 * <p>Every look-up marks its key as read. {@link #finish} then refuses what nobody read and what is
 * not known to be harmless, so that a setting that would change the maths is never ignored. A key
 * whose value is JSON null counts as absent.
 *
 * <p>Every look-up throws {@link CheckpointException}: {@link Fault#MISSING_SETTING} for an absent
 * key without a fallback, {@link Fault#BAD_SETTING} for a value of another kind or range. Not for
 * use by several threads at once: looking up is what marks a key.
 */
public final class Settings {
  private final Path file;
  private final String prefix;
  private final ObjectNode values;
  private final Set<String> used = new HashSet<>();
  private final Map<String, Settings> nested = new HashMap<>();

  private Settings(Path file, String prefix, ObjectNode values) {
    this.file = file;
    this.prefix = prefix;
    this.values = values;
  }

  /**
   * The settings in a JSON file.
   *
   * @throws CheckpointException if it cannot be read or is not one strict JSON object
   */
  public static Settings read(Path file) {
    return new Settings(file, "", Json.readObject(file));
  }

  /** The settings in {@code json}; {@code file} is the name to report. */
  public static Settings parse(Path file, String json) {
    return new Settings(file, "", Json.parseObject(file, json.getBytes(StandardCharsets.UTF_8)));
  }

  /** The same settings with no key marked as read. */
  public Settings fresh() {
    return new Settings(file, prefix, values);
  }

  /** The settings as compact JSON, keys in the order of the file. */
  public String json() {
    return values.toString();
  }

  /** Whether the key is there and not null. Marks nothing. */
  public boolean has(String key) {
    return values.hasNonNull(key);
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
    return look(key, "a string", JsonNode::isTextual, JsonNode::textValue);
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
    return look(key, "a positive integer", Settings::isCount, JsonNode::intValue)
        .map(OptionalInt::of)
        .orElseGet(OptionalInt::empty);
  }

  /** A finite number. */
  public double number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  /** A finite number, {@code fallback} if absent. */
  public double number(String key, double fallback) {
    return optionalNumber(key).orElse(fallback);
  }

  /** A finite number if present. */
  public OptionalDouble optionalNumber(String key) {
    return look(key, "a finite number", Settings::isFinite, JsonNode::doubleValue)
        .map(OptionalDouble::of)
        .orElseGet(OptionalDouble::empty);
  }

  /** True or false. */
  public boolean flag(String key) {
    return optionalFlag(key).orElseThrow(() -> missing(key));
  }

  /** True or false, {@code fallback} if absent. */
  public boolean flag(String key, boolean fallback) {
    return optionalFlag(key).orElse(fallback);
  }

  /** True or false if present. */
  public Optional<Boolean> optionalFlag(String key) {
    return look(key, "true or false", JsonNode::isBoolean, JsonNode::booleanValue);
  }

  /** A list of finite numbers if present. */
  public Optional<List<Double>> numbers(String key) {
    return look(
        key,
        "a list of finite numbers",
        listOf(Settings::isFinite),
        list -> each(list, JsonNode::doubleValue));
  }

  /** A list of strings if present. */
  public Optional<List<String>> texts(String key) {
    return look(
        key,
        "a list of strings",
        listOf(JsonNode::isTextual),
        list -> each(list, JsonNode::textValue));
  }

  /**
   * A nested object if present. Its keys are marked apart: {@link #finish} on this object checks
   * those of every nested object that was asked for, and all calls for one key give one object.
   */
  public Optional<Settings> object(String key) {
    return look(key, "an object", JsonNode::isObject, ObjectNode.class::cast)
        .map(
            object ->
                nested.computeIfAbsent(key, k -> new Settings(file, prefix + k + ".", object)));
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
   * Demands that the key, where it is present, has one of the values that this engine can honour.
   *
   * @param allowed strings, booleans or numbers; numbers are compared as doubles
   * @throws CheckpointException {@link Fault#UNSUPPORTED_SETTING} for another value
   */
  public void require(String key, Object... allowed) {
    Optional<JsonNode> value = look(key, "a value", node -> true, node -> node);
    if (value.isPresent() && Arrays.stream(allowed).noneMatch(a -> equal(value.get(), a))) {
      String expected = allowed.length == 1 ? String.valueOf(allowed[0]) : Arrays.toString(allowed);
      throw unsupported(key, expected);
    }
  }

  /** The error for a value that the caller understands and cannot honour. For callers to throw. */
  public CheckpointException unsupported(String key, String expected) {
    JsonNode value = values.get(key);
    String found = value == null || value.isNull() ? "none" : Shown.value(value);
    return fault(Fault.UNSUPPORTED_SETTING, key, "expected " + expected + ", found " + found);
  }

  /**
   * Refuses every key that nobody read, unless it cannot matter: its value is null, false, 0 or
   * empty; it is one of {@link IgnoredSettings}; or it is in {@code harmless}. To be called when
   * the architecture has read what it uses.
   *
   * @param harmless further keys; a key of a nested object as {@code outer.inner}
   * @throws CheckpointException {@link Fault#UNKNOWN_SETTING} for the first of the others by name
   */
  public void finish(Set<String> harmless) {
    finish(harmless, "");
  }

  private void finish(Set<String> harmless, String path) {
    for (String key : new TreeSet<>(values.properties().stream().map(Map.Entry::getKey).toList())) {
      boolean known =
          used.contains(key)
              || harmless.contains(path + key)
              || IgnoredSettings.contains(key)
              || isNeutral(values.get(key));
      if (!known) {
        throw fault(
            Fault.UNKNOWN_SETTING,
            key,
            "a setting this engine does not know and so must not ignore (found "
                + Shown.value(values.get(key))
                + ")");
      }
    }
    nested.forEach((key, object) -> object.finish(harmless, path + key + "."));
  }

  private <T> Optional<T> look(
      String key, String expected, Predicate<JsonNode> fits, Function<JsonNode, T> convert) {
    used.add(key);
    JsonNode value = values.get(key);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!fits.test(value)) {
      throw fault(Fault.BAD_SETTING, key, "expected " + expected + ", found " + Shown.value(value));
    }
    return Optional.of(convert.apply(value));
  }

  private CheckpointException missing(String key) {
    return fault(Fault.MISSING_SETTING, key, "expected a value, found none");
  }

  private CheckpointException fault(Fault fault, String key, String problem) {
    return CheckpointException.of(fault, file, prefix + key, problem);
  }

  private static boolean isCount(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0;
  }

  private static boolean isFinite(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.doubleValue());
  }

  private static Predicate<JsonNode> listOf(Predicate<JsonNode> element) {
    return value -> value.isArray() && value.valueStream().allMatch(element);
  }

  private static <T> List<T> each(JsonNode list, Function<JsonNode, T> convert) {
    List<T> out = new ArrayList<>();
    list.forEach(element -> out.add(convert.apply(element)));
    return List.copyOf(out);
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
