package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A contender's process; requests and answers are JSON lines on its stdin and stdout. */
final class WorkerProcess implements AutoCloseable {
  /** Prefix of environment variables that would slow a rival's BLAS down or set its threads. */
  static final String UNSET = "OPENBLAS_";

  private static final int SECONDS_TO_END = 10;

  private final String label;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  /** The answer to {@code hello}. */
  private JsonNode identity;

  private WorkerProcess(Contender contender) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(contender.command());
    prepare(builder.environment(), contender);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    this.label = contender.label();
    this.process = builder.start();
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Changes this process's environment to the contender's. */
  static void prepare(Map<String, String> environment, Contender contender) {
    environment.keySet().removeIf(name -> name.startsWith(UNSET));
    environment.putAll(contender.environment());
  }

  /** Starts a contender; empty if it cannot run here, with the reason on stderr. */
  static Optional<WorkerProcess> start(Contender contender) {
    if (contender.missing().isPresent()) {
      return skipped(contender, contender.missing().get());
    }
    WorkerProcess worker;
    try {
      worker = new WorkerProcess(contender);
    } catch (IOException e) {
      return skipped(contender, e.getMessage());
    }
    JsonNode identity;
    try {
      identity = worker.ask("hello", Worker.JSON.createObjectNode());
    } catch (IllegalStateException | UncheckedIOException e) {
      worker.close();
      return skipped(contender, e.getMessage());
    }
    if (identity.has("skip")) {
      worker.close();
      return skipped(contender, identity.get("skip").asText());
    }
    worker.identity = identity;
    return Optional.of(worker);
  }

  private static Optional<WorkerProcess> skipped(Contender contender, String reason) {
    System.err.printf("%s: skipped: %s%n", contender.label(), reason);
    return Optional.empty();
  }

  /** The name from the answer to {@code hello}. */
  String name() {
    return identity.path("name").asText();
  }

  /** Version and settings, on one line. */
  String description() {
    return identity.path("version").asText() + "; " + identity.path("detail").asText();
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws IllegalStateException if the worker answers {@code {"error": …}}, or ends
   */
  JsonNode ask(String op, ObjectNode request) {
    try {
      requests.write(Worker.JSON.writeValueAsString(request.put("op", op)));
      requests.newLine();
      requests.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException(label + ": ended at " + op + " without an answer");
      }
      JsonNode answer = Worker.JSON.readTree(line);
      if (answer.has("error")) {
        throw new IllegalStateException(label + ": " + op + ": " + answer.get("error").asText());
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(label + ": " + op + ": " + e.getMessage(), e);
    }
  }

  /** Runs a program that takes no requests; returns the JSON line that it prints. */
  static JsonNode once(Contender contender) {
    try (WorkerProcess worker = new WorkerProcess(contender)) {
      String line = worker.answers.readLine();
      if (line == null) {
        throw new IllegalStateException(worker.label + ": ended without a result");
      }
      return Worker.JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(contender.label() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      requests.close();
    } catch (IOException e) {
      process.destroy(); // the worker has ended or does not read
    }
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
