package rankine.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.engine.serving.BatchScheduler;
import rankine.engine.serving.ServingOptions;

/** A server on a free port, with a client. */
final class ServedStories implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LoadedModel loaded;
  private final BatchScheduler scheduler;
  private final ApiServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> defects = new CopyOnWriteArrayList<>();

  ServedStories(Path model, int parallel, int queue, Duration most, String... keys)
      throws IOException {
    loaded = LoadedModel.open(model, new BackendOptions("scalar", 0, 1));
    scheduler =
        new BatchScheduler(
            loaded,
            new ServingOptions(parallel, OptionalInt.empty(), queue, OptionalLong.of(1 << 22)));
    server =
        ApiServer.start(
            loaded,
            "stories",
            scheduler,
            new ApiServer.ServerOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(keys),
                most,
                true),
            defects::add);
  }

  LoadedModel loaded() {
    return loaded;
  }

  BatchScheduler scheduler() {
    return scheduler;
  }

  ApiServer server() {
    return server;
  }

  int port() {
    return server.address().getPort();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofMinutes(1));
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** Posts a body that is accepted, and returns the answer. */
  JsonNode posted(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(path, body);
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  /** Posts a body that is accepted as a stream, and returns the data of its events but the last. */
  List<JsonNode> streamed(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(path, body);
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(
        "text/event-stream; charset=utf-8",
        answer.headers().firstValue("Content-Type").orElseThrow());
    List<JsonNode> events = new ArrayList<>();
    List<String> lines = answer.body().lines().filter(line -> !line.isEmpty()).toList();
    for (String line : lines) {
      if (!line.equals("data: [DONE]") && !line.startsWith(":")) {
        assertEquals("data: {", line.substring(0, 7));
        events.add(JSON.readTree(line.substring(6)));
      }
    }
    assertEquals("data: [DONE]", lines.getLast());
    return events;
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  /** Ends the server; no request may have found a defect. */
  @Override
  public void close() {
    server.close();
    scheduler.close();
    loaded.close();
    assertEquals(List.of(), defects);
  }
}
