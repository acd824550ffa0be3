package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import rankine.cli.serve.BodyBudget.BodyShare;

/**
 * One request and its answer: a JSON document, a text, or a stream of server-sent events (HTML
 * Living Standard, section 9.2). Not thread-safe.
 */
final class ApiExchange {
  /** Most of a refused body that is read, so that its client comes to read the answer. */
  private static final long MAX_DISCARDED = 64 << 20;

  private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON_TYPE = "application/json";
  private static final String EVENTS_TYPE = "text/event-stream; charset=utf-8";

  private final HttpExchange exchange;
  private final BodyBudget budget;
  private Optional<BodyShare> share = Optional.empty();
  private OutputStream out;
  private int status;
  private boolean streaming;

  /**
   * @param budget of the bodies of all requests
   */
  ApiExchange(HttpExchange exchange, BodyBudget budget) {
    this.exchange = exchange;
    this.budget = budget;
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

  private boolean isHead() {
    return method().equals("HEAD");
  }

  /** Returns the status that was sent, or that of a failure after that; 0 before both. */
  int status() {
    return status;
  }

  /**
   * Reads the body, within the budget; see {@link #releaseBody}.
   *
   * @throws ApiException if it is too large, or others leave no room for it
   */
  byte[] body() throws IOException {
    int most = budget.most();
    long length = length().orElse(most);
    if (length > most) {
      throw ApiException.bodyTooLarge(most);
    }
    share = Optional.of(budget.take((int) length));
    byte[] body = exchange.getRequestBody().readNBytes(most + 1);
    if (body.length > most) {
      throw ApiException.bodyTooLarge(most);
    }
    return body;
  }

  /** Gives back the body's share of the budget: its text is tokenized. */
  void releaseBody() {
    share.ifPresent(BodyShare::close);
    share = Optional.empty();
  }

  /** Reads on for a while after a failure: a client that writes sees a reset otherwise. */
  void discardBody() throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] buffer = new byte[1 << 16];
    long start = System.nanoTime();
    long left = MAX_DISCARDED;
    while (left > 0 && System.nanoTime() - start < DISCARD_NANOS) {
      int read = in.read(buffer);
      left = read < 0 ? 0 : left - read;
    }
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

  /**
   * Sends a failure: as an event and the end of events, or as the document where nothing else was
   * sent.
   */
  void fail(ApiException failure) throws IOException {
    boolean begun = out != null;
    if (begun) {
      status = failure.status(); // the client has seen 200
    }
    if (streaming && begun) {
      event(failure.toJson());
      endEvents();
    } else {
      send(failure.status(), failure.toJson());
    }
  }

  /**
   * @param length of the body; 0 if it is not known
   */
  private void begin(int code, String type, long length) throws IOException {
    addHeader("Content-Type", type);
    if (isHead()) {
      addHeader("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(code, -1);
      out = OutputStream.nullOutputStream();
    } else {
      exchange.sendResponseHeaders(code, length);
      out = exchange.getResponseBody();
    }
    status = code;
  }

  private static byte[] bytes(JsonNode json) throws IOException {
    return MAPPER.writeValueAsBytes(json);
  }

  void close() {
    releaseBody();
    exchange.close();
  }
}
