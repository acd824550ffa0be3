package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code prune}: its output loads like any checkpoint. */
class PruneCommandTest {
  @TempDir private Path folder;

  private Path out;

  @BeforeEach
  void name() {
    out = folder.resolve("out");
  }

  private static Cli.Outcome prune(Path model, Path out, String edit, Object... more) {
    List<Object> command =
        new ArrayList<>(List.of("prune", "--model", model, "--out", out, "--edit", edit));
    if (!Arrays.asList(more).contains("--method")) {
      command.addAll(List.of("--method", "magnitude"));
    }
    command.addAll(Arrays.asList(more));
    return Cli.run(command.toArray());
  }

  private static JsonNode logits(Path model, Object... more) {
    List<Object> command =
        new ArrayList<>(
            List.of(
                "logits",
                "--model",
                model,
                "--ids",
                "1,5,9,2",
                "--backend",
                "scalar",
                "--format",
                "json"));
    command.addAll(Arrays.asList(more));
    return Cli.run(command.toArray()).json();
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theCheckpointEqualsTheEdit() throws IOException {
    Path model = TestData.model("llama-bf16");
    JsonNode json = prune(model, out, "1:mlp:0.5", "--format", "json").json();
    assertEquals(out.toString(), json.get("out").textValue());
    assertEquals("1:mlp:0.5", json.get("edits").get(0).get("edit").textValue());
    assertEquals("magnitude", json.get("edits").get(0).get("method").textValue());
    assertEquals(3, json.get("changed").size());
    assertEquals("model.layers.1.mlp.down_proj.weight", json.get("changed").get(0).textValue());
    assertEquals(7, json.get("files").size());
    assertTrue(json.get("sha256").textValue().matches("[0-9a-f]{64}"));
    long bytes = 0;
    for (JsonNode file : json.get("files")) {
      bytes += Files.size(out.resolve(file.textValue()));
    }
    assertEquals(bytes, json.get("bytes").longValue());
    assertEquals(
        logits(model, "--edit", "1:mlp:0.5", "--method", "magnitude").get("last_logits"),
        logits(out).get("last_logits"));
  }

  @Test
  void text() {
    Cli.Outcome found = prune(TestData.model("gpt2-f32"), out, "0:attn:0.5");
    assertEquals(0, found.code(), found.err());
    assertTrue(found.out().startsWith(out + ": 4 files, "), found.out());
    assertTrue(found.out().contains("h.0.attn.c_attn.weight\n"), found.out());
    assertEquals("", found.err());
  }

  @Test
  void copiesConfigAndTokenizer() throws IOException {
    Path model = Cli.copy(TestData.model("stories260K"), folder.resolve("model"));
    Files.write(model.resolve("pytorch_model.bin"), new byte[3]);
    Files.writeString(model.resolve("pytorch_model.bin.index.json"), "{}");
    Files.createDirectory(model.resolve("onnx"));
    Cli.Outcome found = prune(model, out, "-1:attn:0.25");
    assertEquals(0, found.code(), found.err());
    assertEquals(3, found.err().lines().count(), found.err());
    assertTrue(found.err().startsWith("not copied: onnx (a folder)\n"), found.err());
    assertTrue(found.err().contains("not copied: pytorch_model.bin (weights"), found.err());
    assertFalse(Files.exists(out.resolve("pytorch_model.bin.index.json")));
    for (String file :
        List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "tok512.bin")) {
      assertArrayEquals(
          Files.readAllBytes(model.resolve(file)), Files.readAllBytes(out.resolve(file)), file);
    }
    assertEquals(
        Cli.run("tokenize", "--model", model, "Once upon").out(),
        Cli.run("tokenize", "--model", out, "Once upon").out());
    Path quiet = folder.resolve("quiet");
    assertEquals("", prune(model, quiet, "0:attn:0.25", "--quiet").err());
  }

  @Test
  void outputFoldersThatAreRefused() throws IOException {
    Path model = Cli.copy(TestData.model("gpt2-f32"), folder.resolve("model"));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
    Path way = Files.createSymbolicLink(folder.resolve("way"), model);
    List<String> before = left();
    prune(model, empty, "0:mlp:0.5").failed(empty.toString(), "expected a new folder");
    prune(model, model, "0:mlp:0.5").failed(model.toString(), "expected a new folder");
    prune(model, file, "0:mlp:0.5").failed(file.toString(), "found a file");
    prune(model, link, "0:mlp:0.5").failed(link.toString(), "expected a new folder");
    prune(model, model.resolve("pruned"), "0:mlp:0.5").failed("outside the checkpoint");
    prune(model, way.resolve("pruned"), "0:mlp:0.5").failed("outside the checkpoint");
    prune(way, model.resolve("pruned"), "0:mlp:0.5").failed("outside the checkpoint");
    prune(model, file.resolve("pruned"), "0:mlp:0.5").failed(file.toString(), "found a file");
    prune(model, folder.resolve("a/b"), "0:mlp:0.5").failed("a: expected a folder", "nothing");
    assertEquals(before, left());
    assertFalse(Files.exists(model.resolve("pruned")));
  }

  @Test
  void editsThatAreRefused() throws IOException {
    Path model = TestData.model("gpt2-f32");
    prune(model, out, "9:mlp:0.5").failed("edit 9:mlp:0.5: layer: expected -1 to");
    prune(model, out, "0:fc_up:0.5").failed("fc_up", "fc_in");
    prune(model, out, "0:mlp:1").misused("rate", "not including, 1");
    prune(model, out, "0:mlp:0.5", "--edit", "0:fc_in:0.1").failed("each matrix once");
    prune(folder.resolve("none"), out, "0:mlp:0.5").failed("none: expected a checkpoint folder");
    assertEquals(List.of(), left());
  }

  /** Factored tensors are reported, load, and cannot be edited again. */
  @Test
  void factoredAlwaysKeepsFactors() throws IOException {
    Path model = TestData.model("gptj-f16");
    Cli.Outcome found =
        prune(
            model,
            out,
            "1:mlp:0.75",
            "--method",
            "exact",
            "--no-cache",
            "--factored",
            "always",
            "--format",
            "json");
    JsonNode json = found.json();
    assertEquals(json.get("changed"), json.get("factored"));
    assertEquals(2, json.get("factored").size());
    assertEquals("always", json.at("/edits/0/factored").textValue());
    assertTrue(
        found.err().startsWith("warning: 2 tensors are kept as factors; other loaders"),
        found.err());
    JsonNode overlay = logits(model, "--edit", "1:mlp:0.75", "--no-cache", "--factored", "always");
    JsonNode loaded = logits(out);
    for (int i = 0; i < loaded.get("last_logits").size(); i++) {
      double expected = overlay.get("last_logits").get(i).doubleValue();
      assertEquals(
          expected,
          loaded.get("last_logits").get(i).doubleValue(),
          0.02 * (1 + Math.abs(expected)));
    }
    assertEquals(0, Cli.run("inspect", "--model", out).code());
    String[] why = {"edit 1:mlp:", "1.fc_in", "found factors of rank 16"};
    Cli.run("logits", "--model", out, "--ids", "1", "--edit", "1:mlp:0.5", "--no-cache")
        .failed(why);
    Cli.Outcome refused =
        Cli.run("spectrum", "--model", out, "--layer", "1", "--module", "mlp", "--no-cache");
    refused.failed("1.fc_in: expected a matrix", "found factors of rank 16");
    assertFalse(refused.err().contains("edit"), refused.err());
    prune(out, folder.resolve("again"), "1:mlp:0.5").failed(why);
    assertEquals(
        0,
        prune(out, folder.resolve("other"), "2:mlp:0.5", "--no-cache").code(),
        "dense matrices can still be edited");
  }

  @Test
  void fusedTensorsAreFactoredToo() {
    Cli.Outcome found =
        prune(
            TestData.model("gpt2-f32"),
            out,
            "0:attn:0.9",
            "--method",
            "exact",
            "--no-cache",
            "--factored",
            "auto");
    assertEquals(0, found.code(), found.err());
    assertTrue(found.out().contains("h.0.attn.c_attn.weight (factors)\n"), found.out());
    assertTrue(found.out().contains("h.0.attn.c_proj.weight (factors)\n"), found.out());
    assertEquals(0, Cli.run("inspect", "--model", out).code());
  }
}
