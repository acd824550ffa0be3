package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code perplexity}; the figures themselves are tested in the engine. */
class PerplexityCommandTest {
  private static final Path MODEL = TestData.demo().resolve("checkpoint");

  @TempDir Path folder;
  private Path text;

  @BeforeEach
  void text() throws IOException {
    text = folder.resolve("short.txt");
    Files.writeString(text, Files.readString(TestData.text("demo-test.txt")).substring(0, 1500));
  }

  private Cli.Outcome run(Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("perplexity", "--model", MODEL, "--text", text, "--context", 64));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @Test
  void jsonHasTheProtocolBesideTheFigure() throws IOException {
    Path lines = folder.resolve("windows.jsonl");
    JsonNode found = run("--stride", 32, "--windows", lines, "--format", "json").json();
    assertEquals(
        Set.of(
            "ids",
            "windows",
            "scored",
            "sum_nll",
            "nll_per_token",
            "perplexity",
            "bits_per_byte",
            "word_perplexity",
            "interval",
            "protocol",
            "text",
            "manifest"),
        Cli.keys(found));
    assertEquals(
        "{\"context\":64,\"stride\":32,\"mode\":\"keep\",\"bos\":\"none\"}",
        found.get("protocol").toString());
    List<String> windows = Files.readAllLines(lines);
    assertEquals(found.get("windows").intValue(), windows.size());
    double sum = 0;
    for (String line : windows) {
      sum += new ObjectMapper().readTree(line).get("nll").doubleValue();
    }
    assertEquals(found.get("sum_nll").doubleValue(), sum, 1e-9);
    run("--windows", lines).failed(lines.toString(), "--force replaces it");
  }

  @Test
  void textNamesTheProtocolAndTheEdit() {
    Cli.Outcome found = run("--edit", "5:mlp:0.5");
    assertEquals(0, found.code(), found.err());
    assertTrue(found.out().contains("context 64, stride 64, keep; bos: none"), found.out());
    assertTrue(found.out().contains("edit 5:mlp:0.5 (rank 48), method exact"), found.out());
  }

  @Test
  void badRequests() throws IOException {
    run("--stride", 65).misused("stride: expected 1 to 64 (the context), found 65");
    run("--mode", "rolling", "--stride", 32).misused("stride: expected 64");
    run("--mode", "other").misused("--mode");
    run("--windows", text, "--force").failed("expected an output that is no input");
    Cli.run("perplexity", "--model", MODEL, "--text", text, "--context", 5000)
        .failed("context: expected at most 512 (the model's limit), found 5000");
    Cli.run("perplexity", "--model", MODEL, "--text", folder.resolve("no.txt"))
        .failed("no.txt: cannot be read");
    Cli.run("perplexity", "--model", MODEL, "--text", Files.createFile(folder.resolve("empty")))
        .failed("empty: expected text, found an empty file");
  }
}
