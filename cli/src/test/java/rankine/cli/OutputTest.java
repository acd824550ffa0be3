package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.icl.Task;
import rankine.testdata.TestData;

/** No command writes onto an input; it replaces another file only with {@code --force}. */
class OutputTest {
  @TempDir private Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void copies() throws IOException {
    model = Cli.copy(TestData.model("stories260K"), folder.resolve("model"));
    data = Cli.copy(TestData.task("cb"), folder.resolve("data"));
  }

  private Cli.Outcome eval(String task, Path predictions, Object... more) {
    Object[] all = new Object[12 + more.length];
    Object[] options = {
      "eval",
      "--model",
      model,
      "--task",
      task,
      "--data",
      data,
      "--limit",
      2,
      "--quiet",
      "--predictions",
      predictions
    };
    System.arraycopy(options, 0, all, 0, options.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return Cli.run(all);
  }

  private static String dataFile() {
    return Task.load("cb").dataFiles(TestData.task("cb")).getFirst().getFileName().toString();
  }

  private void keeps(Path input, String task, Path output) throws IOException {
    byte[] before = Files.readAllBytes(input);
    eval(task, output).failed(output.toString());
    eval(task, output, "--force").failed(output.toString());
    assertArrayEquals(before, Files.readAllBytes(input));
  }

  @Test
  void predictionsOntoTheData() throws IOException {
    Path file = data.resolve(dataFile());
    keeps(file, "cb", file);
    keeps(file, "cb", Files.createSymbolicLink(folder.resolve("link"), file));
    keeps(file, "cb", Files.createLink(folder.resolve("hard"), file));
  }

  @Test
  void predictionsOntoTheCheckpoint() throws IOException {
    keeps(model.resolve("config.json"), "cb", model.resolve("config.json"));
    Path weights = model.resolve("model.safetensors");
    keeps(weights, "cb", weights);
    keeps(weights, "cb", Files.createSymbolicLink(folder.resolve("link"), weights));
    Path added = model.resolve("tokenizer.model.new");
    eval("cb", added).failed("outside", added.toString());
    assertFalse(Files.exists(added));
    Path away = Files.move(weights, folder.resolve("weights"));
    Files.createSymbolicLink(weights, away);
    keeps(away, "cb", away);
  }

  @Test
  void predictionsOntoTheTaskFile() throws IOException {
    Path task = folder.resolve("own.json");
    Files.copy(
        TestData.root().resolve("engine/src/main/resources/rankine/engine/icl/tasks/cb.json"),
        task);
    keeps(task, task.toString(), task);
    keeps(task, task + ":paper", task);
  }

  /** However it is spelled: the later output would replace the earlier one. */
  @Test
  void twoOutputsIntoOneFile() throws IOException {
    Path file = folder.resolve("y.json");
    Path here = folder.resolve("model/../y.json");
    eval("cb", file, "--output", here).misused("--output: expected another file");
    assertFalse(Files.exists(file));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder);
    eval("cb", file, "--output", linked.resolve("y.json")).misused("--output: expected another");
    Files.writeString(file, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
    eval("cb", file, "--output", link, "--force").misused("--output: expected another file");
    assertEquals("old", Files.readString(file));
  }

  @Test
  void anEmptyPathIsNone() {
    eval("cb", Path.of("")).misused("'--predictions'", "expected a path, found an empty one");
    Cli.run("tasks", "--new", "").misused("'--new'", "expected a path, found an empty one");
  }

  @Test
  void predictionsOntoAnotherFile() throws IOException {
    Path file = Files.writeString(folder.resolve("p.jsonl"), "old");
    eval("cb", file).failed("p.jsonl", "found one", "--force");
    assertEquals("old", Files.readString(file));
    assertEquals(0, eval("cb", file, "--force").code());
    assertEquals(2, Files.readAllLines(file).size());
    Path empty = Files.createFile(folder.resolve("empty"));
    assertEquals(0, eval("cb", empty).code(), "an empty file holds nothing");
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("gone"));
    eval("cb", dangling).failed("dangling", "found one");
    Path beside = data.resolve("p.jsonl");
    assertEquals(0, eval("cb", beside).code(), "a file beside the data is none of it");
    assertEquals(0, eval("cb", beside, "--force").code());
  }
}
