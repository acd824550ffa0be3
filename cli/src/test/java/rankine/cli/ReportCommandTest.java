package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code report} on a run folder of {@code sweep}. */
class ReportCommandTest {
  private static final Path DEMO = TestData.demo();

  @TempDir static Path folder;

  @BeforeAll
  static void sweep() {
    sweep("0/2");
  }

  /** Runs one of two shards, which leaves the run half done. */
  private static JsonNode sweep(String shard) {
    return Cli.run(
            "sweep",
            "--run",
            folder.resolve("run"),
            "--model",
            DEMO.resolve("checkpoint"),
            "--tasks",
            "demo-topic",
            "--data",
            DEMO.resolve("data/topic"),
            "--layers",
            "4,5",
            "--modules",
            "mlp",
            "--rates",
            "0.9",
            "--limit",
            "3",
            "--shard",
            shard,
            "--no-cache",
            "--format",
            "json")
        .json();
  }

  private static Path run() {
    return folder.resolve("run");
  }

  @Test
  void pageAndJsonOfOneRun() throws IOException {
    Path page = folder.resolve("report.html");
    Cli.Outcome half = Cli.run("report", run(), "--out", page);
    assertEquals(0, half.code(), half.err());
    assertTrue(half.out().contains(page.toString()), half.out());
    assertTrue(half.err().contains("not complete: 1 of "), half.err());
    assertTrue(Files.readString(page).contains("This run is not complete."));

    sweep("1/2");
    Cli.Outcome whole = Cli.run("report", run(), "--out", page, "--force", "--format", "json");
    assertEquals("", whole.err());
    JsonNode json = whole.json();
    assertTrue(json.get("complete").booleanValue());
    assertEquals(2, json.get("tried").get("groups").intValue());
    JsonNode headline = json.get("tasks").get(0).get("headlines").get(0);
    assertEquals(2, headline.get("candidates").intValue());
    assertEquals(3, headline.get("plain_test").get("n").intValue());
    assertEquals(4, json.get("spectra").size(), "fc_in and fc_out of two layers");
    String shown = Files.readString(page);
    assertFalse(shown.contains("This run is not complete."));
    double plain = headline.get("plain_test").get("accuracy").doubleValue();
    assertTrue(shown.contains(String.format(Locale.ROOT, ">%.3f<", plain)), "plain " + plain);
    assertEquals(2, json.get("processes").size());
    assertCommandOnThePageReproducesTheReport(shown, json);
  }

  private static void assertCommandOnThePageReproducesTheReport(String page, JsonNode json)
      throws IOException {
    String command =
        page.substring(page.indexOf("<code>./rankine ") + 16, page.indexOf("</code></pre>"));
    List<String> words = new ArrayList<>(words(command.replace("&#39;", "'")));
    Path again = folder.resolve("again");
    words.replaceAll(
        word ->
            switch (word) {
              case "NEW" -> again.toString();
              case "MODEL" -> DEMO.resolve("checkpoint").toString();
              default -> word;
            });
    words.add("--no-cache");
    assertEquals(0, Cli.run(words.toArray()).code());
    JsonNode report = Cli.run("report", again, "--format", "json").json();
    for (String key : List.of("tried", "tasks", "spectra", "run")) {
      assertEquals(json.get(key), report.get(key), key);
    }
  }

  /** Returns the words that a shell reads. */
  private static List<String> words(String command) throws IOException {
    Process shell = new ProcessBuilder("/bin/sh", "-c", "printf '%s\\n' " + command).start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  @Test
  void badRequests() throws IOException {
    Cli.run("report", folder.resolve("none"), "--out", folder.resolve("a.html"))
        .failed("none", "run folder");
    Path old = Files.writeString(folder.resolve("old.html"), "old");
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("run.json"), "{\"format\":2}");
    Cli.run("report", run(), "--out", old).failed("old.html", "--force");
    Cli.run("report", broken, "--out", old, "--force").failed("run.json", "format", "2");
    assertEquals("old", Files.readString(old));
    Cli.run("report", run(), "--out", folder, "--quiet").failed("regular file", "folder");
    Path cells = run().resolve("cells-0-of-2.jsonl");
    String before = Files.readString(cells);
    for (Path own :
        List.of(cells, run().resolve("run.json"), run().resolve("cells-5-of-9.jsonl"))) {
      Cli.run("report", run(), "--out", own, "--force")
          .failed("expected a file outside the run", own.toString());
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), cells);
    Cli.run("report", run(), "--out", link, "--force").failed("no input", "link");
    assertEquals(before, Files.readString(cells));
  }
}
