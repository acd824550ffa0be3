package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The worker that asks a server with OpenAI's protocol, which it starts: {@code ServerWorker
 * THREADS NAME COMMAND…}; {@code {port}} in the command is the port to listen at.
 */
final class ServerWorker implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process server;
  private final URI url;

  private ServerWorker(List<String> command) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    this.url = URI.create("http://127.0.0.1:" + port);
    ProcessBuilder builder =
        new ProcessBuilder(
                command.stream().map(w -> w.equals("{port}") ? Integer.toString(port) : w).toList())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // A source file newer than the jars would make the launcher build in the middle of a benchmark.
    builder.environment().put("RANKINE_BUILD", "never");
    this.server = builder.start();
  }

  /** The command without the folders of this machine. */
  private static String shown(List<String> command) {
    return command.stream()
        .map(word -> word.startsWith("/") ? Path.of(word).getFileName().toString() : word)
        .collect(Collectors.joining(" "));
  }

  /** Serves requests until stdin ends. */
  public static void main(String[] args) throws IOException {
    List<String> command = Arrays.asList(args).subList(2, args.length);
    try (ServerWorker worker = new ServerWorker(command)) {
      Worker.serve(
          Map.of(
              "hello",
              _ -> {
                worker.awaitStart();
                return Worker.hello(args[1], shown(command), args[0] + " threads");
              },
              "complete",
              worker::complete));
    }
  }

  private void awaitStart() {
    long end = System.nanoTime() + START.toNanos();
    while (!isHealthy()) {
      if (!server.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the server does not start");
      }
      try {
        server.waitFor(100, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private boolean isHealthy() {
    try {
      HttpRequest request = HttpRequest.newBuilder(url.resolve("/health")).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Sends {@code bodies} to {@code path} at once; returns the seconds until the last answer, the
   * new tokens of all, and the first answer.
   */
  private ObjectNode complete(JsonNode request) {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    long start = System.nanoTime();
    for (JsonNode body : request.get("bodies")) {
      answers.add(
          client.sendAsync(
              HttpRequest.newBuilder(url.resolve(request.get("path").textValue()))
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    answers.forEach(CompletableFuture::join);
    double seconds = (System.nanoTime() - start) / 1e9;
    ObjectNode found = Worker.JSON.createObjectNode().put("seconds", seconds);
    int tokens = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      JsonNode json = parsed(answer.join());
      tokens += json.at("/usage/completion_tokens").intValue();
      if (!found.has("answer")) {
        found.set("answer", json);
      }
    }
    return found.put("tokens", tokens);
  }

  private static JsonNode parsed(HttpResponse<String> answer) {
    try {
      JsonNode json = Worker.JSON.readTree(answer.body());
      if (answer.statusCode() != 200 || json.has("error")) {
        throw new IllegalStateException("status " + answer.statusCode() + ": " + answer.body());
      }
      return json;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
