package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** The command {@code serve}: what it prints, refuses, and does with a signal. */
class ServeCommandTest {
  private static final Path STORIES = TestData.model("stories260K");
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;
  private Process process;

  @AfterEach
  void leaveNoProcess() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** Starts a server, and returns what it prints once it listens. */
  private JsonNode start(Object... more) throws IOException {
    return startOn("scalar", more);
  }

  private JsonNode startOn(String backend, Object... more) throws IOException {
    Object[] command = {
      "serve", "--port", 0, "--format", "json", "--backend", backend, "--threads", 1, "--quiet"
    };
    process =
        new ProcessBuilder(Cli.java(Stream.of(command, more).flatMap(Stream::of).toArray()))
            .redirectError(folder.resolve("stderr").toFile())
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder document = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      document.append(line);
      if (line.equals("}")) {
        return new ObjectMapper().readTree(document.toString());
      }
    }
    throw new IllegalStateException(Files.readString(folder.resolve("stderr")));
  }

  @Test
  void aSignalFinishesWhatRuns() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), "# a comment\n\n first \nsecond\n");
    JsonNode found =
        start(
            "--model",
            STORIES,
            "--api-key-file",
            keys,
            "--parallel",
            2,
            "--context",
            400,
            "--edit",
            "0:mlp:0.5");
    assertEquals("stories260K", found.get("model").textValue());
    assertEquals(400, found.get("context").intValue());
    assertEquals(2, found.get("parallel").intValue());
    assertTrue(found.get("url").textValue().startsWith("http://127.0.0.1:"), found.toString());

    HttpRequest request =
        HttpRequest.newBuilder(URI.create(found.get("url").textValue() + "/v1/completions"))
            .header("Authorization", "Bearer second")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"prompt\":[1],\"max_tokens\":390,\"temperature\":1.5,\"seed\":4,"
                        + "\"stream\":true}"))
            .build();
    HttpResponse<Stream<String>> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
    assertEquals(200, answer.statusCode());
    Iterator<String> lines = answer.body().iterator();
    assertTrue(lines.next().startsWith("data: {"));
    process.destroy(); // SIGTERM, with the first of 390 tokens written
    String last = "";
    while (lines.hasNext()) {
      String line = lines.next();
      last = line.isEmpty() ? last : line;
    }
    assertEquals("data: [DONE]", last);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(TERMINATED, process.exitValue());
    String messages =
        Files.readString(folder.resolve("stderr"))
            .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    assertEquals("rankine: interrupted\n", messages);
  }

  @Test
  void weightsThatChangeEndTheServer() throws Exception {
    Path model = Cli.copy(STORIES, folder.resolve("model"));
    Path weights = model.resolve("model.safetensors");
    JsonNode found = start("--model", model);
    Files.setLastModifiedTime(weights, FileTime.fromMillis(System.currentTimeMillis() + 5000));
    endsWithAnError(found, "expected the file that was opened", "cannot go on: " + weights);
  }

  /** The vector backend reads a row of the embedding from the file, before anything else. */
  @Test
  void aShorterWeightFileEndsTheServer() throws Exception {
    Path model = Cli.copy(TestData.demo().resolve("checkpoint"), folder.resolve("model"));
    Path weights = model.resolve("model.safetensors");
    JsonNode found = startOn("vector", "--model", model);
    try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
      channel.truncate(1);
    }
    endsWithAnError(found, "cannot be read", weights + ": expected the ");
  }

  private void endsWithAnError(JsonNode server, String answered, String message) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.get("url").textValue() + "/v1/completions"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":[1],\"max_tokens\":1}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.body().contains(answered), answer.body());
    assertTrue(answer.body().contains("\"type\":\"server_error\""), answer.body());
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(1, process.exitValue());
    String messages = Files.readString(folder.resolve("stderr"));
    assertTrue(messages.contains(message), messages);
  }

  @Test
  void faults() throws IOException {
    Cli.run("serve", "--model", STORIES, "--api-key-file", folder.resolve("none"))
        .failed("none: expected a file of keys, found no such file");
    Path empty = Files.writeString(folder.resolve("empty"), " \n\n");
    Cli.run("serve", "--model", STORIES, "--api-key-file", empty)
        .failed("empty: expected a key in a line, found none");
    for (String key : List.of("clé", "two words")) {
      Path strange = Files.writeString(folder.resolve("strange"), "# one\nfirst\n" + key + "\n");
      Cli.run("serve", "--model", STORIES, "--api-key-file", strange)
          .failed("strange: line 3: expected a key of visible ASCII");
    }
    Path comments = Files.writeString(folder.resolve("comments"), "# none\n");
    Cli.run("serve", "--model", STORIES, "--api-key-file", comments)
        .failed("comments: expected a key in a line, found none");
    Cli.run("serve", "--model", STORIES, "--context", 513)
        .failed("context: expected at most 512 (the model's limit), found 513");
    Cli.run("serve", "--model", STORIES, "--edit", "9:mlp:0.5").failed("layer", "9");
    Cli.run("serve", "--model", STORIES, "--parallel", 256, "--prefix-cache", 1 << 20)
        .failed("memory: expected at least", "--prefix-cache");
    Cli.run("serve", "--model", STORIES, "--port", 65_536).misused("--port", "0 to 65535");
    Cli.run("serve", "--model", STORIES, "--parallel", 0).misused("--parallel", "1 to 256");
    Cli.run("serve", "--model", STORIES, "--host", "no such host").misused("--host", "no such");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli.run("serve", "--model", STORIES, "--port", taken.getLocalPort())
          .failed("serve: 127.0.0.1:" + taken.getLocalPort() + ": cannot listen");
    }
  }
}
