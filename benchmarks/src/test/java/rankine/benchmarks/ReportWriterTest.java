package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves behind at each moment. */
class ReportWriterTest {
  @TempDir Path folder;

  private String text() throws IOException {
    return Files.readString(folder.resolve("new/RESULTS.md"));
  }

  private JsonNode json() throws IOException {
    return Worker.JSON.readTree(folder.resolve("new/results.json").toFile());
  }

  private static void measure(Results results, String what, double value) {
    var _ = results.figure(Results.Figure.of(what, "Rankine", "GB/s", new double[] {value}));
    results.groupEnds();
  }

  @Test
  void eachGroupIsWrittenWhenItEnds() throws IOException {
    ReportWriter writer =
        new ReportWriter(folder.resolve("new"), Map.of(), List.of("./run kernels --runs 1"));
    Results results = new Results(writer);
    assertFalse(Files.exists(folder.resolve("new")), "nothing measured, nothing replaced");
    measure(results, "first", 1.5);
    assertTrue(text().contains("**Unfinished**"), text());
    assertTrue(text().contains("- first: Rankine: 1.50 (1.50–1.50) GB/s"), text());
    assertFalse(json().get("finished").booleanValue());
    measure(results, "second", 2.5);
    assertEquals(2, json().get("figures").size());
    assertFalse(json().get("finished").booleanValue());
    var _ = writer.finish(results);
    assertFalse(text().contains("Unfinished"), text());
    assertTrue(json().get("finished").booleanValue());
    try (Stream<Path> files = Files.list(folder.resolve("new"))) {
      assertEquals(
          List.of("RESULTS.md", "results.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void theReportNamesItsOwnCommand() throws IOException {
    ReportWriter writer =
        new ReportWriter(folder.resolve("new"), Map.of(), List.of("./run kernels --runs 1"));
    var _ = writer.finish(new Results());
    assertTrue(text().contains("Written by `./run` at "), text());
    assertTrue(text().endsWith("## To repeat\n\n    ./run kernels --runs 1\n"), text());
    assertEquals("[\"./run\",\"kernels\",\"--runs\",\"1\"]", json().get("command").toString());
  }

  @Test
  void pathsLoseTheirFolders() {
    assertEquals(
        "@tornado.jvm -XX:+UseSerialGC --out=x --python=python3,python3.12",
        ReportText.withoutFolders(
            "@/a/b/tornado.jvm -XX:+UseSerialGC --out=/tmp/x --python=/usr/bin/python3,/opt/p/python3.12"));
    assertEquals(
        "benchmarks/run --out=benchmarks/svd 3/4",
        ReportText.withoutFolders("benchmarks/run --out=benchmarks/svd 3/4"));
    assertEquals("-Dx=y:z", ReportText.withoutFolders("-Dx=/q/y:/r/z"));
  }
}
