package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import rankine.common.ModelException;
import rankine.common.RankineException;
import rankine.common.io.Json;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/**
 * The fields of a request's body. A null is an absent field, as in OpenAI's protocol. Every fault
 * is an {@link ApiException} that names its field; a field that nothing reads is refused.
 */
final class RequestFields {
  /** Fields of OpenAI's requests on which no answer depends. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "metadata",
          "prompt_cache_key",
          "prompt_cache_retention",
          "safety_identifier",
          "service_tier",
          "store",
          "user");

  private final JsonObject object;

  private RequestFields(JsonObject object) {
    this.object = object;
  }

  /** Parses a body, which must be one JSON object. */
  static RequestFields of(byte[] body) {
    try {
      return new RequestFields(Json.of("body", ModelException::new).object(body));
    } catch (RankineException e) {
      throw ApiException.malformed(e.getMessage());
    }
  }

  /** Returns the value of a field; empty if absent. */
  <T> Optional<T> optional(String field, JsonKind<T> kind) {
    return named(field, () -> object.optional(field, kind));
  }

  /** Returns the value of a field; {@code absent} if absent. */
  <T> T get(String field, JsonKind<T> kind, T absent) {
    return optional(field, kind).orElse(absent);
  }

  /** Returns the value of a field that must be there. */
  <T> T required(String field, JsonKind<T> kind) {
    return named(field, () -> object.get(field, kind));
  }

  /** Returns the value of a field, of any type; empty if absent. */
  Optional<JsonNode> node(String field) {
    return object.isGiven(field) ? Optional.of(object.node(field)) : Optional.empty();
  }

  boolean isGiven(String field) {
    return object.isGiven(field);
  }

  /** Returns the values of an array that must be there. */
  <T> List<T> list(String field, JsonKind<T> kind) {
    return named(field, () -> object.list(field, kind));
  }

  /** Returns the fields of an object; empty if absent. */
  Optional<RequestFields> object(String field) {
    return isGiven(field)
        ? Optional.of(new RequestFields(named(field, () -> object.object(field))))
        : Optional.empty();
  }

  /** Returns the objects of an array that must be there. */
  List<RequestFields> objects(String field) {
    List<RequestFields> all = new ArrayList<>();
    for (JsonObject element : named(field, () -> object.objects(field))) {
      all.add(new RequestFields(element));
    }
    return all;
  }

  /** Creates the fault of a field. */
  ApiException fault(String field, String expected, String found) {
    return ApiException.invalid(
        object.path(field), object.fault(field, expected, Shown.brief(found)).getMessage());
  }

  /** Refuses a field that would change the answer, unless it has the value that changes nothing. */
  void unsupported(String field, JsonNode neutral) {
    Optional<JsonNode> given = node(field);
    if (given.isPresent() && !isSame(given.get(), neutral)) {
      throw ApiException.unsupported(
          object.path(field), neutral + " (others are not supported)", Shown.value(given.get()));
    }
  }

  private static boolean isSame(JsonNode value, JsonNode neutral) {
    boolean numbers = value.isNumber() && neutral.isNumber();
    return numbers
        ? value.decimalValue().compareTo(neutral.decimalValue()) == 0
        : value.equals(neutral);
  }

  /** Refuses a field that nothing has read, unless no answer depends on it. */
  void done() {
    object.ignore(WITHOUT_EFFECT.toArray(String[]::new));
    for (String field : object.others()) {
      if (object.isGiven(field)) {
        throw ApiException.unsupported(object.path(field), "a known field", "an unknown one");
      }
    }
  }

  private <T> T named(String field, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RankineException e) {
      throw ApiException.invalid(object.path(field), e.getMessage());
    }
  }
}
