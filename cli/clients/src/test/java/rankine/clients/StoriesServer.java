package rankine.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import rankine.testdata.TestData;

/**
 * The command {@code serve} in a process of its own, with stories260K, a chat template and a key.
 */
final class StoriesServer implements AutoCloseable {
  static final String KEY = "secret";

  private final Process process;
  private final Path model;
  private final String url;

  private StoriesServer(Process process, Path model, String url) {
    this.process = process;
    this.model = model;
    this.url = url;
  }

  /** Starts a server, which is ready when this returns; its files are in {@code folder}. */
  static StoriesServer start(Path folder) throws IOException {
    Path model = Files.createDirectories(folder.resolve("stories260K"));
    try (Stream<Path> files = Files.list(TestData.model("stories260K"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Files.copy(TestData.chat("mistral.jinja"), model.resolve("chat_template.jinja"));
    Path keys = Files.writeString(folder.resolve("keys"), KEY + "\n");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1", // the process lives for seconds
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "rankine.cli.Main",
            "serve",
            "--model=" + model,
            "--port=0",
            "--api-key-file=" + keys,
            "--backend=scalar",
            "--threads=1",
            "--format=json",
            "--quiet");
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile()).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder document = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      document.append(line);
      if (line.equals("}")) {
        JsonNode started = new ObjectMapper().readTree(document.toString());
        return new StoriesServer(process, model, started.get("url").textValue() + "/v1");
      }
    }
    throw new IllegalStateException(Files.readString(folder.resolve("stderr")));
  }

  /** Returns the address that clients are given. */
  String url() {
    return url;
  }

  /** Returns the checkpoint that is served. */
  Path model() {
    return model;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
