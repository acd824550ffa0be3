package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers that write their prompt's first id, and one that is not installed. */
class ServerRunsTest {
  /** Listens at port {@code args[0]} and answers in both protocols. */
  static final class EchoServer {
    public static void main(String[] args) throws IOException {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
      HttpServer server = HttpServer.create(address, 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(
          "/",
          exchange -> {
            ObjectNode answer = Worker.JSON.createObjectNode();
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (body.length > 0) {
              JsonNode request = Worker.JSON.readTree(body);
              JsonNode first = request.at("/prompt/0");
              answer.putObject("usage").put("completion_tokens", 64);
              answer.putArray("tokens").add(first);
              answer.putArray("choices").addObject().putArray("token_ids").add(first);
            }
            byte[] bytes = Worker.JSON.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(200, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(bytes);
            }
          });
      server.start();
    }
  }

  private static Contender contender(String name) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> jvm =
        List.of(
            java.toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>(jvm);
    command.addAll(List.of(ServerWorker.class.getName(), "1", name));
    command.addAll(jvm);
    command.addAll(List.of(EchoServer.class.getName(), "{port}"));
    return new Contender(name, command, Map.of());
  }

  @Tag("thorough")
  @Test
  void serversAreComparedAtEachNumberOfClients() {
    Results results = new Results();
    ServerRuns runs = new ServerRuns(new Interleaved(1, 1, 0, 0), results);
    runs.run(50, contender("Rankine"), contender("Twin"));
    assertEquals(
        List.of("serve, clients: 1", "serve, clients: 4", "serve, clients: 16"),
        results.ratios().stream()
            .map(ratio -> ratio.ours().what().replaceFirst(", each.*", ""))
            .toList());
    assertTrue(results.ratios().stream().allMatch(ratio -> ratio.value() > 0));
    assertEquals(
        List.of("The first 1 of 1 tokens of Rankine are those of Twin."), results.remarks());
  }

  @Test
  void withoutARivalThereIsNoRatio() {
    Results results = new Results();
    ServerRuns runs = new ServerRuns(new Interleaved(1, 1, 0, 0), results);
    runs.run(50, contender("Rankine"), Contender.missing("llama.cpp", "not installed"));
    assertEquals(List.of(), results.ratios());
    assertEquals(3, results.figures().size());
  }
}
