package rankine.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.Rankine;
import rankine.engine.Sampling;
import rankine.engine.Turn;

/**
 * OpenAI's own client for JavaScript, unchanged. Needs node and npm, which downloads the client:
 * run by {@code mvn -Pclients -Dtests.without.npm=none -Dgroups=npm verify}.
 */
@Tag("npm")
class OpenAiNpmTest {
  @TempDir private Path folder;

  private String run(Path at, String... command) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command).directory(at.toFile()).redirectError(errors.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> List.of(command) + ": " + out + read(errors));
    return out;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aSession() throws IOException, InterruptedException {
    Path npm = Files.createDirectory(folder.resolve("npm"));
    for (String file : List.of("package.json", "session.mjs")) {
      Files.copy(Path.of("src/test/npm", file), npm.resolve(file));
    }
    run(npm, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts");
    try (StoriesServer server = StoriesServer.start(folder);
        Rankine model = Rankine.load(server.model())) {
      JsonNode found =
          new ObjectMapper()
              .readTree(run(npm, "node", "session.mjs", server.url(), StoriesServer.KEY));
      Sampling greedy = Sampling.GREEDY.withMaxTokens(12);
      String prompt = "Once upon a time";
      String text = model.generate(prompt, greedy, part -> {}).text();
      String reply =
          model
              .chat(List.of(Turn.system("Be kind."), Turn.user("A story?")), greedy, part -> {})
              .text();
      assertEquals("stories260K", found.get("model").textValue());
      assertEquals(prompt + text, found.get("completion").textValue());
      assertTrue(found.get("firstLogprob").isNull());
      assertEquals(12, found.at("/usage/completion_tokens").intValue());
      assertEquals(text, found.get("stream").textValue());
      assertEquals(reply, found.get("chat").textValue());
      assertEquals("length", found.get("reason").textValue());
      assertEquals(12, found.get("topLogprobs").size());
      found.get("topLogprobs").forEach(count -> assertEquals(2, count.intValue()));
      assertEquals(reply, found.get("chatStream").textValue());
      assertEquals(12, found.at("/streamUsage/completion_tokens").intValue());
      assertEquals(
          List.of(
              "AuthenticationError 401 null",
              "NotFoundError 404 model",
              "BadRequestError 400 prompt",
              "BadRequestError 400 temperature"),
          found.get("errors").valueStream().map(JsonNode::textValue).toList());
      assertTrue(found.get("beforeAbort").intValue() < 100, found.toString());
      List<String> seeds = found.get("seeds").valueStream().map(JsonNode::textValue).toList();
      assertEquals(seeds.subList(0, 2), seeds.subList(2, 4));
      assertNotEquals(seeds.get(0), seeds.get(1));
    }
  }
}
