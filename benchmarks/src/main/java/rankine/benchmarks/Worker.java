package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The worker's side of the JSON-lines protocol of {@link WorkerProcess}. */
final class Worker {
  /** The handler of an {@code op}. */
  interface Operation {
    ObjectNode answer(JsonNode request);
  }

  static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS = 1e9;

  private Worker() {}

  /** Answers each line {@code {"op": NAME, …}} of stdin until it ends. */
  static void serve(Map<String, Operation> operations) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(answer(operations, JSON.readTree(line))));
    }
  }

  private static ObjectNode answer(Map<String, Operation> operations, JsonNode request) {
    String name = request.path("op").asText();
    Operation operation = operations.get(name);
    if (operation == null) {
      return JSON.createObjectNode().put("error", "unknown op " + name);
    }
    try {
      return operation.answer(request);
    } catch (RuntimeException e) {
      return JSON.createObjectNode().put("error", e.toString());
    }
  }

  /** Returns the seconds that {@code body} takes. */
  static double seconds(Runnable body) {
    long start = System.nanoTime();
    body.run();
    return (System.nanoTime() - start) / NANOS;
  }

  /** Calls {@code body} for at least {@code minSeconds}; returns the calls and their seconds. */
  static ObjectNode timed(Runnable body, double minSeconds) {
    long start = System.nanoTime();
    int calls = 0;
    double elapsed;
    do {
      body.run();
      calls++;
      elapsed = (System.nanoTime() - start) / NANOS;
    } while (elapsed < minSeconds);
    return JSON.createObjectNode().put("calls", calls).put("seconds", elapsed);
  }

  /** Returns the answer to {@code hello}: name, version and settings. */
  static ObjectNode hello(String name, String version, String detail) {
    return JSON.createObjectNode().put("name", name).put("version", version).put("detail", detail);
  }

  static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).intValue();
    }
    return values;
  }
}
