package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import rankine.testdata.TestData;

/** {@code demo}, in an installation folder whose splits are short. */
@Isolated("other commands would use that installation folder")
class DemoCommandTest {
  /** A copy of {@code demo/} whose splits have 40 rows each. */
  private static Path smallDemo(Path home) throws IOException {
    Path demo = home.resolve("demo");
    Cli.copy(TestData.demo().resolve("overfitted"), demo.resolve("overfitted"));
    for (String task : List.of("sentiment", "topic")) {
      Path data = Files.createDirectories(demo.resolve("data").resolve(task));
      for (String split : List.of("train", "validation", "test")) {
        Path file = Path.of("data", task, split + ".jsonl");
        List<String> rows = Files.readAllLines(TestData.demo().resolve(file));
        Files.write(data.resolve(file.getFileName()), rows.subList(0, 40));
      }
    }
    return home;
  }

  @Test
  void demo(@TempDir Path folder) throws IOException {
    String home = System.getProperty("rankine.home");
    try {
      System.setProperty("rankine.home", smallDemo(folder).toString());
      JsonNode found = Cli.run("demo", "--format", "json").json();
      assertEquals(2, found.get("results").size());
      for (JsonNode result : found.get("results")) {
        assertEquals(40, result.get("n").intValue());
      }
      // The last MLP was over-fitted on wrong labels: pruning it helps, on validation and on test.
      JsonNode last = found.get("searches").get(1);
      double plain = last.get("rates").get(0).get("accuracy").doubleValue();
      double best = 0;
      for (JsonNode rate : last.get("rates")) {
        best = Math.max(best, rate.get("accuracy").doubleValue());
      }
      assertTrue(best > plain + 0.1, last.toString());
      JsonNode test = last.get("test").get("comparison");
      assertTrue(test.get("difference").doubleValue() > 0.1, last.toString());
      assertEquals(
          Cli.run("prompts", "--task", "demo-topic", "--data", folder.resolve("demo/data/topic"))
              .out(),
          Cli.run("prompts", "--task", "demo-topic").out());
      Path empty = Files.createDirectory(folder.resolve("empty"));
      System.setProperty("rankine.home", empty.toString());
      Cli.run("demo").failed("demo", "expected the built-in checkpoint's folder");
    } finally {
      if (home == null) {
        System.clearProperty("rankine.home");
      } else {
        System.setProperty("rankine.home", home);
      }
    }
  }
}
