package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.EditException;
import rankine.common.RunException;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.LayerRange;
import rankine.engine.edit.RankAllocation;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** Sweeps over methods and ratios of the whole model. */
class ModelSweepTest {
  private static LoadedModel loaded;

  @TempDir Path temporary;

  @BeforeAll
  static void open() {
    loaded = DemoSweep.open();
  }

  @AfterAll
  static void close() {
    loaded.close();
  }

  private DemoSweep demo(String name) {
    DemoSweep demo = new DemoSweep(temporary.resolve(name));
    demo.layers = "";
    demo.methods = "exact,whitened,whitened:block,anchored";
    demo.settings =
        settings(TestData.text("demo-calibration.txt"), RankAllocation.UNIFORM, List.of());
    return demo;
  }

  /** One method with a calibration text and one without: enough where methods do not matter. */
  private DemoSweep twoMethods(String name) {
    DemoSweep demo = demo(name);
    demo.methods = "exact,whitened:block";
    return demo;
  }

  private static CompressionSettings settings(
      Path text, RankAllocation allocation, List<LayerRange> skipped) {
    return new CompressionSettings(
        FactoredMode.AUTO,
        SketchOptions.standard(0),
        Optional.of(Calibration.of(text, 32, 4, Calibration.Sequential.NONE, 0.5)),
        1,
        allocation,
        skipped);
  }

  @Tag("thorough")
  @Test
  void cellsEqualSeparateEvaluations() {
    DemoSweep demo = demo("run");
    demo.test = TestCells.ALL;
    SweepSummary summary = demo.run(loaded);
    SweepRun run = RunFolder.read(temporary.resolve("run"));
    // 4 methods, 2 ratios and 2 splits, and the unedited model on both splits.
    assertEquals(18, run.cells().size());
    assertEquals(18, summary.done());
    assertEquals(4, summary.rows().size());
    for (Cell cell : run.cells().values()) {
      EditPlan plan = plan(demo, cell.key());
      EvaluationResult expected =
          Evaluator.once(
              loaded.edited(plan),
              demo.evaluation(cell.key()),
              Optional.empty(),
              ProgressListener.NONE);
      assertEquals(expected.figures().toString(), cell.evaluation().result().toString());
      assertEquals(expected.manifest().toString(), cell.evaluation().manifest().toString());
      assertEquals(
          cell.key().isPlain() ? OptionalDouble.empty() : plan.removed(loaded.original()),
          cell.removed());
    }
  }

  /** The plan that a user of the engine would make. */
  private static EditPlan plan(DemoSweep demo, CellKey key) {
    if (key.isPlain()) {
      return EditPlan.NONE;
    }
    ModelTarget target = (ModelTarget) key.target().orElseThrow();
    return new EditPlan(
            List.of(),
            target.method(),
            FactoredMode.AUTO,
            SketchOptions.standard(0),
            target.method() == EditMethod.EXACT
                ? Optional.empty()
                : demo.settings.calibration().map(c -> c.withSequential(target.sequential())))
        .withRatio(new ParameterRatio(key.rate().value(), 1), java.util.Set.of(), 6);
  }

  @Test
  void aTruncatedRunContinuesToTheSameResults() throws IOException {
    twoMethods("run").run(loaded);
    Path folder = temporary.resolve("run");
    Map<String, String> expected = DemoSweep.results(folder);
    Path file = folder.resolve("cells-0-of-1.jsonl");
    long size = Files.size(file);
    for (long length : List.of(size * 3 / 4, size / 3)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      int kept = RunFolder.read(folder).cells().size();
      assertTrue(kept < expected.size());
      SweepSummary summary = twoMethods("run").run(loaded);
      assertEquals(expected.size() - kept, summary.done());
      assertEquals(expected, DemoSweep.results(folder));
    }
  }

  @Test
  void shardsTogetherFillTheWholeGridBesideLayers() {
    DemoSweep whole = twoMethods("whole");
    whole.layers = "5";
    whole.modules = "fc_in";
    whole.rates = "0.9";
    whole.run(loaded);
    for (int i = 0; i < 2; i++) {
      DemoSweep part = twoMethods("shards");
      part.layers = whole.layers;
      part.modules = whole.modules;
      part.rates = whole.rates;
      part.shard = new Shard(i, 2);
      part.run(loaded);
    }
    Path shards = temporary.resolve("shards");
    assertEquals(DemoSweep.results(temporary.resolve("whole")), DemoSweep.results(shards));
    assertEquals(List.of(), RunFolder.read(shards).missing());
    assertEquals(3, RunFolder.read(shards).searchKeys().size());
  }

  @Test
  void lossAllocationAndSkippedLayersReachTheModel() {
    DemoSweep demo = demo("run");
    demo.methods = "whitened";
    demo.ratios = "0.5";
    demo.settings =
        settings(
            TestData.text("demo-calibration.txt"),
            RankAllocation.LOSS,
            List.of(new LayerRange(0, 3)));
    demo.run(loaded);
    Cell cell =
        RunFolder.read(temporary.resolve("run")).cells().values().stream()
            .filter(each -> !each.key().isPlain())
            .findFirst()
            .orElseThrow();
    String edits = cell.evaluation().manifest().get("edits").toString();
    assertTrue(edits.contains("\"4:q_proj:rank="), edits);
    assertFalse(edits.contains("\"3:"), edits);
    demo.methods = "exact";
    assertTrue(
        assertThrows(EditException.class, demo::request)
            .getMessage()
            .contains("allocation loss: expected methods with a calibration text"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"allocation\" : \"uniform\"       | \"allocation\" : \"loss\"        | compression.allocation",
        "\"rank_multiple\" : 1              | \"rank_multiple\" : 8              | compression.rank_multiple",
        "\"skipped_layers\" : \"\"          | \"skipped_layers\" : \"2\"         | compression.skipped_layers",
        "\"windows\" : 4                    | \"windows\" : 5                    | compression.calibration.windows",
        "\"anchor\" : 0.5                   | \"anchor\" : 0.25                  | compression.calibration.anchor",
        "(calibration[^}]*sha256\" : )\"[^\"]*\" | $1\"x\"                       | compression.calibration.sha256",
        "\"factored\" : \"auto\"            | \"factored\" : \"never\"         | compression.factored",
        "\"seed\" : 0                       | \"seed\" : 1                       | compression.sketch.seed",
      })
  void otherSettingsAreRefused(String from, String to, String key) throws IOException {
    DemoSweep demo = demo("run");
    Path folder = temporary.resolve("run");
    RunFolderStart.of(folder, demo.request().identity(loaded));
    Path file = folder.resolve("run.json");
    String text = Files.readString(file);
    String other = text.replaceFirst(from, to);
    assertFalse(other.equals(text), from);
    Files.writeString(file, other);
    String message = assertThrows(RunException.class, () -> demo.run(loaded)).getMessage();
    assertTrue(message.contains("run.json: " + key + ": expected"), message);
  }

  @Test
  void theCalibrationTextMayMove() throws IOException {
    twoMethods("run").run(loaded);
    DemoSweep moved = twoMethods("run");
    Path copy = Files.copy(TestData.text("demo-calibration.txt"), temporary.resolve("moved.txt"));
    moved.settings = settings(copy, RankAllocation.UNIFORM, List.of());
    assertEquals(0, moved.run(loaded).done());
  }

  @Test
  void methodsRoundTrip() {
    for (String text : List.of("exact", "whitened", "whitened:block", "asvd:group", "anchored")) {
      assertEquals(text, ModelTarget.parse(text).toString());
    }
    for (String text : List.of("exact:block", "anchored:group", "whitened:all", "svd", "")) {
      assertThrows(EditException.class, () -> ModelTarget.parse(text), text);
    }
    DemoSweep demo = demo("run");
    demo.settings =
        new CompressionSettings(
            FactoredMode.AUTO,
            SketchOptions.standard(0),
            Optional.empty(),
            1,
            RankAllocation.UNIFORM,
            List.of());
    assertThrows(EditException.class, demo::request);
  }
}
