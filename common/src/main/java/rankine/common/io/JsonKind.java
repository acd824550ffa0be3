package rankine.common.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A type of JSON value, with its check.
 *
 * @param expected description for messages
 * @param read converts a node; empty if it is of another type
 */
public record JsonKind<T>(String expected, Function<JsonNode, Optional<T>> read) {
  /** A string, which may be empty. */
  public static final JsonKind<String> STRING =
      of(
          "a string",
          node -> node.isTextual() && Text.isWellFormed(node.textValue()),
          JsonNode::textValue);

  /** A string that is not empty. */
  public static final JsonKind<String> TEXT =
      of(
          "a string that is not empty",
          node -> STRING.fits(node) && !node.textValue().isEmpty(),
          JsonNode::textValue);

  /** True or false. */
  public static final JsonKind<Boolean> FLAG =
      of("true or false", JsonNode::isBoolean, JsonNode::booleanValue);

  /** An integer of 32 bits. */
  public static final JsonKind<Integer> INTEGER =
      of("an integer", JsonKind::isInteger, JsonNode::intValue);

  /** An integer of 64 bits. */
  public static final JsonKind<Long> LONG =
      of(
          "an integer of 64 bits",
          node -> node.isIntegralNumber() && node.canConvertToLong(),
          JsonNode::longValue);

  /** A finite number. */
  public static final JsonKind<Double> NUMBER =
      of("a finite number", JsonKind::isFinite, JsonNode::doubleValue);

  /** Returns the kind of the values that {@code fits} accepts. */
  public static <T> JsonKind<T> of(
      String expected, Predicate<JsonNode> fits, Function<JsonNode, T> value) {
    return new JsonKind<>(
        expected, node -> fits.test(node) ? Optional.of(value.apply(node)) : Optional.empty());
  }

  /** An integer of 32 bits from {@code least} to {@code most}. */
  public static JsonKind<Integer> integer(int least, int most) {
    return of(
        "an integer from " + least + " to " + most,
        node -> isInteger(node) && node.intValue() >= least && node.intValue() <= most,
        JsonNode::intValue);
  }

  /** A finite number in [least, ∞). */
  public static JsonKind<Double> number(double least) {
    return of(
        "a finite number, " + least + " or more",
        node -> isFinite(node) && node.doubleValue() >= least,
        JsonNode::doubleValue);
  }

  /** A number in [least, most]. */
  public static JsonKind<Double> number(double least, double most) {
    return of(
        "a number from " + least + " to " + most,
        node -> isFinite(node) && node.doubleValue() >= least && node.doubleValue() <= most,
        JsonNode::doubleValue);
  }

  /** A path that this system can have. */
  public static final JsonKind<Path> PATH =
      new JsonKind<>(
          "a path",
          node -> {
            try {
              return node.isTextual() ? Optional.of(Path.of(node.textValue())) : Optional.empty();
            } catch (InvalidPathException e) {
              return Optional.empty();
            }
          });

  /** One of {@code values}, by its label. */
  public static <T> JsonKind<T> oneOf(T[] values, Function<T, String> label) {
    return new JsonKind<>(
        "one of " + Arrays.stream(values).map(label).collect(Collectors.joining(", ")),
        node ->
            Arrays.stream(values)
                .filter(value -> label.apply(value).equals(node.textValue()))
                .findFirst());
  }

  /** One of {@code values}. */
  public static JsonKind<String> oneOf(List<String> values) {
    return oneOf(values.toArray(String[]::new), Function.identity());
  }

  private boolean fits(JsonNode node) {
    return read.apply(node).isPresent();
  }

  private static boolean isInteger(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }

  private static boolean isFinite(JsonNode node) {
    return node.isNumber() && Double.isFinite(node.doubleValue());
  }
}
