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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.model.Architectures;
import rankine.testdata.TestData;

/** Bad input: exit code 1, one line that names the fault, and no file written. */
class BadInputTest {
  @TempDir private Path folder;

  private static final Path WEIGHTS = Path.of("model.safetensors");

  private Path stories() throws IOException {
    return Cli.copy(TestData.model("stories260K"), folder.resolve("model"));
  }

  private static void edit(Path file, String from, String to) throws IOException {
    // ISO-8859-1 maps each byte to one character, so tensor data survives the round trip.
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(from), from);
    Files.write(file, text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Every command that loads the model fails with the same line. */
  private static void everyCommandFails(Path model, String... parts) {
    Cli.run("logits", "--model", model, "--ids", "1").failed(parts);
    Cli.run("logits", "--model", model, "--ids", "1", "--format", "json").failed(parts);
    Cli.run("generate", "--model", model, "--prompt", "Once").failed(parts);
    Path data = TestData.task("sst2");
    Cli.run("eval", "--model", model, "--task", "sst2", "--data", data, "--quiet").failed(parts);
  }

  @Test
  void folderMissing() {
    Path gone = folder.resolve("gone");
    everyCommandFails(gone, gone.toString(), "expected a checkpoint folder, found nothing");
    Cli.run("inspect", "--model", gone).failed(gone.toString());
    Cli.run("tokenize", "--model", gone, "text").failed(gone.toString());
  }

  @Test
  void emptyFolder() {
    everyCommandFails(folder, folder.toString(), "config.json");
    Cli.run("tokenize", "--model", folder, "text").failed(folder.toString(), "tokenizer");
  }

  @Test
  void truncatedWeights() throws IOException {
    Path model = stories();
    Path file = model.resolve(WEIGHTS);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 700_000));
    everyCommandFails(model, "model.safetensors: ", "expected", "found");
    Cli.run("inspect", "--model", model).failed("model.safetensors: ");
    Files.write(file, new byte[3]);
    everyCommandFails(model, "model.safetensors: ");
  }

  @Test
  void headerLengthBeyondTheFile() throws IOException {
    Path model = stories();
    Path file = model.resolve(WEIGHTS);
    byte[] bytes = Files.readAllBytes(file);
    bytes[6] = 0x7f; // a header length of many terabytes
    Files.write(file, bytes);
    everyCommandFails(model, "model.safetensors: ");
  }

  @Test
  void missingTensor() throws IOException {
    Path model = stories();
    edit(model.resolve(WEIGHTS), "model.layers.3.mlp.up_proj", "model.layers.3.mlp.xp_proj");
    everyCommandFails(
        model,
        "model.safetensors: model.layers.3.mlp.up_proj.weight: ",
        "expected shape [172, 64], found none");
    Cli.Outcome inspected = Cli.run("inspect", "--model", model);
    assertEquals(0, inspected.code(), inspected.err());
    assertTrue(inspected.out().contains("  loads: no, "), inspected.out());
  }

  @Test
  void wrongShape() throws IOException {
    Path model = stories();
    edit(model.resolve(WEIGHTS), "[172,64]", "[64,172]");
    everyCommandFails(model, "model.safetensors: ", "expected shape [", "found [");
  }

  @Test
  void unknownArchitecture() throws IOException {
    Path model = stories();
    edit(model.resolve("config.json"), "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"");
    everyCommandFails(
        model,
        "config.json: model_type: ",
        "expected one of " + String.join(", ", Architectures.modelTypes()),
        ", found \"mamba\"");
    Cli.Outcome text = Cli.run("inspect", "--model", model);
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("  model_type mamba (LlamaForCausalLM)\n"), text.out());
    assertTrue(text.out().contains("  loads: no, " + model.resolve("config.json")), text.out());
    JsonNode json = Cli.run("inspect", "--model", model, "--format", "json").json();
    assertEquals("mamba", json.get("architecture").textValue());
    assertFalse(json.get("loads").booleanValue());
    assertTrue(json.get("reason").textValue().contains("model_type: expected one of gpt2"));
    assertEquals(47, json.get("tensors").size());
    assertTrue(json.at("/memory/weights_mapped").longValue() > 0);
  }

  @Test
  void messagesNameTheFolderAndTheEmptyKey() throws IOException {
    Path model = stories();
    edit(model.resolve("config.json"), "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"");
    Cli.run("logits", "--model", model, "--ids", "1")
        .failed(model.resolve("config.json") + ": model_type: ");
    Path task = folder.resolve("task.json");
    Files.copy(
        TestData.root().resolve("engine/src/main/resources/rankine/engine/icl/tasks/cb.json"),
        task);
    edit(task, "\"contradiction\": [", "\"\": 1, \"contradiction\": [");
    Cli.run("prompts", "--task", task, "--data", TestData.task("cb"))
        .failed("classes.\"\": expected");
  }

  @Test
  void noTokenizer() {
    Path model = TestData.model("gpt2-f32");
    Path data = TestData.task("sst2");
    Cli.run("logits", "--model", model, "--prompt", "Once").failed("gpt2-f32", "tokenizer");
    Cli.run("generate", "--model", model, "--prompt", "Once").failed("gpt2-f32", "tokenizer");
    Cli.run("tokenize", "--model", model, "Once").failed("gpt2-f32", "tokenizer");
    Cli.run("eval", "--model", model, "--task", "sst2", "--data", data, "--quiet")
        .failed("gpt2-f32", "tokenizer");
  }

  @Test
  void idsAndLengths() {
    Path model = TestData.model("gpt2-f32");
    Cli.run("logits", "--model", model, "--ids", "1,307").failed("token id", "0 to 306", "307");
    Cli.run("logits", "--model", model, "--ids", "-1").failed("token id", "-1");
    String tooMany = "1" + ",1".repeat(64);
    Cli.run("logits", "--model", model, "--ids", tooMany).failed("context", "64", "65");
    Path stories = TestData.model("stories260K");
    Cli.run("generate", "--model", stories, "--prompt", "once ".repeat(600))
        .failed("context", "512");
    Cli.run("generate", "--model", stories, "--prompt", "a", "--temperature", "-1")
        .misused("--temperature");
  }

  @Test
  void backends() {
    Path model = TestData.model("gpt2-f32");
    Cli.run("logits", "--model", model, "--ids", "1", "--backend", "quantum")
        .misused("--backend", "expected auto, scalar, vector or tornado", "quantum");
    Cli.run("logits", "--model", model, "--ids", "1", "--device", "64")
        .failed("device", "expected one that doctor lists", "64");
    Cli.run("logits", "--model", model, "--ids", "1", "--backend", "tornado")
        .failed("backend tornado", "expected", "found none");
  }

  /** {@code eval} and {@code prompts} fail with the same line and change no file. */
  private void dataFails(String task, Path data, List<String> more, String... parts)
      throws IOException {
    Path predictions = Files.writeString(folder.resolve("predictions.jsonl"), "old\n");
    List<Path> before = files();
    List<Object> prompts = new ArrayList<>(List.of("prompts", "--task", task, "--data", data));
    prompts.addAll(more);
    Cli.run(prompts.toArray()).failed(parts);
    List<Object> eval = new ArrayList<>(List.of("eval", "--model", TestData.model("stories260K")));
    eval.addAll(List.of("--quiet", "--task", task, "--data", data, "--predictions", predictions));
    eval.add("--force");
    eval.addAll(more);
    Cli.run(eval.toArray()).failed(parts);
    assertEquals(before, files());
    assertEquals("old\n", Files.readString(predictions));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted().toList();
    }
  }

  private Path sst2() throws IOException {
    return Cli.copy(TestData.task("sst2"), folder.resolve("data"));
  }

  @Test
  void dataFolder() throws IOException {
    Path gone = folder.resolve("gone");
    dataFails("sst2", gone, List.of(), gone.toString());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    dataFails("sst2", empty, List.of(), "empty");
  }

  @Test
  void emptyDataSet() throws IOException {
    Path data = sst2();
    Files.writeString(data.resolve("validation.tsv"), "sentence\tlabel\n");
    dataFails("sst2", data, List.of(), "validation.tsv");
    Files.writeString(data.resolve("validation.tsv"), "");
    dataFails("sst2", data, List.of(), "validation.tsv");
  }

  @Test
  void missingColumn() throws IOException {
    Path data = sst2();
    Files.writeString(data.resolve("validation.tsv"), "sentence\tscore\na fine film\t1\n");
    dataFails("sst2", data, List.of(), "validation.tsv", "label", "expected", "found");
  }

  @Test
  void unknownLabel() throws IOException {
    Path data = sst2();
    Files.writeString(
        data.resolve("validation.tsv"), "sentence\tlabel\na fine film\t1\na bad film\t7\n");
    dataFails("sst2", data, List.of(), "validation.tsv:3", "label", "expected one of 0, 1", "'7'");
  }

  @Test
  void tasks() throws IOException {
    Path data = TestData.task("sst2");
    dataFails(folder.resolve("task.json").toString(), data, List.of(), "task.json");
    Path task = Files.writeString(folder.resolve("broken.json"), "{\"name\": ");
    dataFails(task.toString(), data, List.of(), "broken.json");
    dataFails("sst2", data, List.of("--shots", "2000"), "shots", "2000");
  }

  @Test
  void shotsThatDoNotFitTheContext() {
    Path model = TestData.model("stories260K");
    Path data = TestData.task("sst2");
    Cli.run("eval", "--model", model, "--task", "sst2", "--data", data, "--shots", "12", "--quiet")
        .failed("shots", "512");
  }

  @Test
  void predictionsIntoAMissingFolder() {
    Path model = TestData.model("stories260K");
    Path data = TestData.task("sst2");
    Path file = folder.resolve("gone").resolve("p.jsonl");
    Cli.run(
            "eval",
            "--model",
            model,
            "--task",
            "sst2",
            "--data",
            data,
            "--limit",
            "5",
            "--quiet",
            "--predictions",
            file)
        .failed(file.toString(), "cannot be written");
    Cli.run(
            "eval",
            "--model",
            model,
            "--task",
            "sst2",
            "--data",
            data,
            "--limit",
            "5",
            "--quiet",
            "--predictions",
            folder)
        .failed(folder.toString(), "found a folder");
  }

  @Test
  void predictionsThroughALink() throws IOException {
    Object[] eval = {
      "eval",
      "--model",
      TestData.model("stories260K"),
      "--task",
      "cb",
      "--data",
      TestData.task("cb"),
      "--limit",
      "2",
      "--shots",
      "0",
      "--quiet",
      "--predictions",
      folder.resolve("link"),
      "--force"
    };
    // A symbolic link to the device, so that a faulty replacement does not touch the device.
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/null"));
    Cli.run(eval).failed(link.toString(), "expected a regular file to write, found a device");
    assertTrue(Files.isSymbolicLink(link));
    Files.delete(link);
    Path file = Files.writeString(folder.resolve("file"), "old\n");
    Files.createSymbolicLink(link, file);
    assertEquals(0, Cli.run(eval).code());
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void linesToTokenize() throws IOException {
    Path model = TestData.model("stories260K");
    Path gone = folder.resolve("gone.jsonl");
    Cli.run("tokenize", "--model", model, "--jsonl", gone).failed("gone.jsonl");
    Path file = folder.resolve("lines.jsonl");
    Files.writeString(file, "{\"text\":\"good\"}\n{\"txt\":\"bad\"}\n");
    Cli.run("tokenize", "--model", model, "--jsonl", file).failed("lines.jsonl:2", "text");
    Files.writeString(file, "{\"text\":\"good\"}\n{\"text\":\n");
    Cli.run("tokenize", "--model", model, "--jsonl", file).failed("lines.jsonl:2");
  }

  @Test
  void verbosePrintsTheStackTrace() {
    Cli.Outcome found = Cli.run("inspect", "--model", folder, "--verbose");
    assertEquals(1, found.code());
    assertTrue(found.err().startsWith("rankine: " + folder), found.err());
    assertTrue(found.err().contains("\tat rankine."), found.err());
  }
}
