package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import rankine.common.io.Shown;

/** A request that is refused or has failed: an HTTP status and OpenAI's error object. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String INVALID = "invalid_request_error";

  private final int status;
  private final String type;
  private final String code;
  private final String field;

  /**
   * @param code a word for programs; null for none
   * @param field of the request at fault; null for none
   */
  private ApiException(int status, String type, String code, String field, String message) {
    super(Shown.line(message));
    this.status = status;
    this.type = type;
    this.code = code;
    this.field = field == null ? null : Shown.name(field);
  }

  /** A body that is no JSON object, or breaks a limit of JSON. */
  static ApiException malformed(String message) {
    return new ApiException(400, INVALID, null, null, message);
  }

  /** A field that is absent, unknown, of another type or out of range. */
  static ApiException invalid(String field, String message) {
    return new ApiException(400, INVALID, null, field, message);
  }

  /** A field with a value that would change the answer if it were supported. */
  static ApiException unsupported(String field, String expected, String found) {
    return new ApiException(
        400,
        INVALID,
        "unsupported_parameter",
        field,
        "%s: expected %s, found %s".formatted(field, expected, found));
  }

  /** A prompt, with its continuation, that is longer than a sequence may be. */
  static ApiException tooLong(String field, String message) {
    return new ApiException(400, INVALID, "context_length_exceeded", field, message);
  }

  static ApiException unauthorized() {
    return new ApiException(
        401,
        INVALID,
        "invalid_api_key",
        null,
        "authorization: expected the header 'Authorization: Bearer KEY' with a key of this server");
  }

  static ApiException unknownPath(String path) {
    return new ApiException(404, INVALID, "unknown_url", null, "no such path: " + path);
  }

  static ApiException unknownModel(String found, String served) {
    return new ApiException(
        404,
        INVALID,
        "model_not_found",
        "model",
        "model: expected %s, the one that is served, found %s".formatted(served, found));
  }

  static ApiException wrongMethod(String expected, String found) {
    return new ApiException(
        405, INVALID, "method_not_allowed", null, "expected " + expected + ", found " + found);
  }

  static ApiException bodyTooLarge(long most) {
    return new ApiException(
        413,
        INVALID,
        "request_too_large",
        null,
        "body: expected at most %,d bytes, found more".formatted(most));
  }

  static ApiException busy(String message) {
    return new ApiException(429, "rate_limit_error", "queue_full", null, message);
  }

  /** A body for which those of other requests leave no room. */
  static ApiException tooManyBodies(int length) {
    return new ApiException(
        429,
        "rate_limit_error",
        "too_many_bodies",
        null,
        "body: expected room for its %,d bytes beside those of other requests, found none in time"
            .formatted(length));
  }

  static ApiException closing() {
    return new ApiException(503, "server_error", "shutting_down", null, "the server ends");
  }

  static ApiException timedOut(long seconds) {
    return new ApiException(
        504, "server_error", "timeout", null, "not done within %d seconds".formatted(seconds));
  }

  static ApiException failed(String message) {
    return new ApiException(500, "server_error", null, null, message);
  }

  int status() {
    return status;
  }

  /** Returns the field of the request at fault, if there is one. */
  Optional<String> field() {
    return Optional.ofNullable(field);
  }

  /** Returns {@code {"error": {…}}}. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", field)
        .put("code", code);
    return json;
  }
}
