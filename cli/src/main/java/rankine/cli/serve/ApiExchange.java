package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * One request and its answer: a JSON document, a text, or a stream of server-sent events (HTML
 * Living Standard, section 9.2). Not thread-safe.
 */
final class ApiExchange {
  /** Most bytes of a body. */
  static final int MAX_BODY = 16 << 20;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON_TYPE = "application/json";
  private static final String EVENTS_TYPE = "text/event-stream; charset=utf-8";

  private final HttpExchange exchange;
  private OutputStream out;
  private int status;
  private boolean streaming;

  ApiExchange(HttpExchange exchange) {
    this.exchange = exchange;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  /** Returns a header of the request, or an empty text. */
  String header(String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** Returns the status that was sent; 0 before that. */
  int status() {
    return status;
  }

  /**
   * Reads the body.
   *
   * @throws ApiException if it is too large
   */
  byte[] body() throws IOException {
    if (length().orElse(0) > MAX_BODY) {
      throw ApiException.bodyTooLarge(MAX_BODY);
    }
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw ApiException.bodyTooLarge(MAX_BODY);
    }
    return body;
  }

  private OptionalLong length() {
    try {
      return OptionalLong.of(Long.parseLong(header("Content-Length")));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // chunked; the server refuses what is no number
    }
  }

  /** Sends a JSON document. */
  void send(int code, JsonNode json) throws IOException {
    send(code, JSON_TYPE, bytes(json));
  }

  /** Sends a text. */
  void sendText(String type, String text) throws IOException {
    send(200, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private void send(int code, String type, byte[] body) throws IOException {
    if (out == null) {
      begin(code, type, body.length);
    }
    out.write(body);
    out.flush();
  }

  /** Adds a header to the answer. */
  void addHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /**
   * Sends a space before a JSON document that is not ready, or a comment among events: a client
   * that has gone is noticed by a write only.
   */
  void keepAlive() throws IOException {
    if (out == null) {
      begin(200, streaming ? EVENTS_TYPE : JSON_TYPE, 0);
    }
    out.write((streaming ? ": waiting\n\n" : " ").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** The answer is a stream of events, which begins with the first of them. */
  void useEvents() {
    addHeader("Cache-Control", "no-cache");
    streaming = true;
  }

  /** Sends an event. */
  void event(JsonNode json) throws IOException {
    event(new String(bytes(json), StandardCharsets.UTF_8));
  }

  private void event(String data) throws IOException {
    if (out == null) {
      begin(200, EVENTS_TYPE, 0);
    }
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Ends a stream of events. */
  void endEvents() throws IOException {
    event("[DONE]");
  }

  /** Sends a failure: as an event, or as the document where nothing else was sent. */
  void fail(ApiException failure) throws IOException {
    if (streaming && out != null) {
      event(failure.toJson());
    } else {
      send(failure.status(), failure.toJson());
    }
  }

  /**
   * @param length of the body; 0 if it is not known
   */
  private void begin(int code, String type, long length) throws IOException {
    addHeader("Content-Type", type);
    exchange.sendResponseHeaders(code, length);
    status = code;
    out = exchange.getResponseBody();
  }

  private static byte[] bytes(JsonNode json) throws IOException {
    return MAPPER.writeValueAsBytes(json);
  }

  void close() {
    exchange.close();
  }
}
