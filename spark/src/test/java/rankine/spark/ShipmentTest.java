package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.cli.SweepProgram;
import rankine.cli.WorkerArguments;
import rankine.common.RunException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.ModelIdentity;
import rankine.engine.run.ModelOutput;
import rankine.testdata.TestData;

/** Files that Spark copies to the executors. */
@Tag("spark")
class ShipmentTest {
  private static final Path MODEL = TestData.demo().resolve("overfitted");

  /** A folder that no machine has. */
  private static final String ELSEWHERE = "/no-such-folder/model";

  @TempDir Path temporary;

  @Test
  void aFileIsPlacedByItsPathOnTheDriver() throws IOException {
    Path arrived = Files.writeString(temporary.resolve("rankine-0-a.txt"), "text");
    // sha256sum of "text"
    String sha256 = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1";
    ShippedFile file = ShippedFile.of(arrived, "/data/a.txt", "rankine-0-a.txt");
    assertEquals(new ShippedFile("/data/a.txt", "rankine-0-a.txt", sha256), file);
    Path root = temporary.resolve("root");
    file.place(arrived, root);
    file.place(arrived, root); // a model is opened again
    assertEquals("text", Files.readString(root.resolve("data/a.txt")));

    Files.writeString(arrived, "texT");
    String message = assertThrows(RunException.class, () -> file.place(arrived, root)).getMessage();
    assertTrue(message.startsWith("/data/a.txt: sha256: expected " + sha256), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void pathsOfTheCommandLineMoveAlong() {
    WorkerArguments arguments =
        new WorkerArguments(
            List.of(
                "--model=\0/a/model", "--tasks=cb,\0/b/x.json:paper", "--data=cb=\0/c", "--quiet"),
            List.of());
    assertEquals(
        List.of("--model=/a/model", "--tasks=cb,/b/x.json:paper", "--data=cb=/c", "--quiet"),
        arguments.arguments());
    assertEquals(
        List.of(
            "--model=/root/a/model",
            "--tasks=cb,/root/b/x.json:paper",
            "--data=cb=/root/c",
            "--quiet"),
        arguments.under(Path.of("/root")).arguments());
  }

  /** The driver's folder does not exist for the executors: they have what was shipped alone. */
  @Test
  void executorsWorkWithWhatWasShipped() {
    WorkerArguments arguments =
        new WorkerArguments(
            List.of(
                "--model=\0" + ELSEWHERE,
                "--task=demo-topic",
                "--edit=5:mlp:0.9",
                "--backend=scalar",
                "--no-cache"),
            List.of());
    EditPlan plan =
        new EditPlan(
            List.of(Edit.parse("5:mlp:0.9")),
            EditPlan.NONE.method(),
            EditPlan.NONE.factored(),
            EditPlan.NONE.sketch());
    try (LoadedModel loaded = LoadedModel.open(MODEL, new BackendOptions("scalar", 0, 1));
        ExecutorCluster cluster = ExecutorCluster.start(DemoGrid.cluster(), 1 << 20, _ -> {})) {
      EvaluationRequest request =
          new EvaluationRequest(
              Task.load("demo-topic"),
              TestData.demo().resolve("data/topic"),
              EvaluationOptions.DEFAULT.withLimit(4));
      TaskPrompts prompts = request.prompts(loaded);
      PromptBatch batch = prompts.batch();
      ModelIdentity identity = ModelIdentity.of(loaded, plan);
      List<ShippedFile> shipped = new ArrayList<>();
      for (Path file : Shipment.of(loaded.checkpoint())) {
        String path = ELSEWHERE + "/" + file.getFileName();
        shipped.add(Shipment.ship(cluster.context(), file, path, shipped.size()));
      }
      ModelOutput found =
          new SparkPrompts(cluster, new ExecutorSetup(arguments, shipped), identity, 2)
              .output(batch, ProgressListener.NONE);
      assertSame(Evaluator.output(loaded.edited(plan), batch, ProgressListener.NONE), found);

      ShippedFile first = shipped.removeFirst();
      shipped.addFirst(new ShippedFile(first.path(), first.name(), "0".repeat(64)));
      SparkPrompts wrong =
          new SparkPrompts(cluster, new ExecutorSetup(arguments, shipped), identity, 2);
      String message =
          assertThrows(RunException.class, () -> wrong.output(batch, ProgressListener.NONE))
              .getMessage();
      assertTrue(
          message.matches("executor \\d: " + ELSEWHERE + "/config.json: sha256: expected 0+, .*"),
          message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  private static void assertSame(ModelOutput expected, ModelOutput found) {
    List<double[]> scores = ((ModelOutput.ContinuationScores) expected).logLikelihoods();
    List<double[]> others = ((ModelOutput.ContinuationScores) found).logLikelihoods();
    assertFalse(scores.isEmpty());
    assertEquals(scores.size(), others.size());
    for (int i = 0; i < scores.size(); i++) {
      assertArrayEquals(scores.get(i), others.get(i));
    }
  }

  /** Data and task files too: a sweep's executors read them. */
  @Test
  void aShippedSweepIsTheSame() throws IOException {
    DemoGrid serial = new DemoGrid(temporary.resolve("serial"));
    assertEquals(0, serial.runSerially());
    DemoGrid grid = new DemoGrid(temporary.resolve("run"));
    assertEquals(
        0,
        SweepProgram.run(
            grid.arguments(),
            new SweepJob(DemoGrid.cluster().set("spark.rankine.ship", "true"), _ -> {})));
    assertEquals(serial.lines(), grid.lines());
  }
}
