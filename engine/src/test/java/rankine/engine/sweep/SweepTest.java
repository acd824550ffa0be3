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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.EditException;
import rankine.common.RunException;
import rankine.common.TaskException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Prediction;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.replay.ProgressListener;
import rankine.engine.report.Report;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.stats.ExampleOutcome;

/** Sweeps of the built-in checkpoint: their results, and that no result is lost. */
class SweepTest {
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

  private Path folder(String name) {
    return temporary.resolve(name);
  }

  private static String refused(DemoSweep demo) {
    String message = assertThrows(RunException.class, () -> demo.run(loaded)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void cellsEqualSeparateEvaluations() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.test = TestCells.ALL;
    SweepSummary summary = demo.run(loaded);
    SweepRun run = RunFolder.read(folder("run"));
    // 4 targets, 2 rates above 0 and 2 splits, and the unedited model on both splits.
    assertEquals(18, run.cells().size());
    assertEquals(18, summary.done());
    assertEquals(List.of(), run.missing());
    for (Cell cell : run.cells().values()) {
      List<Edit> edits =
          cell.key().target().stream()
              .map(target -> ((LayerTarget) target).edit(cell.key().rate()))
              .toList();
      EvaluationResult expected =
          Evaluator.once(
              loaded.edited(demo.plan.withEdits(edits)),
              demo.evaluation(cell.key()),
              Optional.empty(),
              ProgressListener.NONE);
      TaskRecord found = (TaskRecord) cell.evaluation();
      assertEquals(
          expected.predictions().stream().map(Prediction::correct).toList(),
          found.outcomes().stream().map(ExampleOutcome::correct).toList(),
          cell.key().toString());
      assertEquals(expected.figures().toString(), found.result().toString());
      assertEquals(expected.manifest().toString(), found.manifest().toString());
    }
  }

  @Test
  void theChosenRateAndTheUneditedModelAreTested() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.rates = "0.5,0.9,0.99";
    demo.seeds = List.of(0L, 7L);
    SweepSummary summary = demo.run(loaded);
    assertEquals(8, summary.rows().size());
    int tested = 0;
    for (GroupSummary row : summary.rows()) {
      double top =
          row.result().validation().values().stream()
              .mapToDouble(cell -> cell.score().value())
              .max()
              .orElse(0);
      PruningRate smallest =
          row.result().validation().entrySet().stream()
              .filter(e -> e.getValue().score().value() == top)
              .findFirst()
              .orElseThrow()
              .getKey();
      assertEquals(Optional.of(smallest), row.chosen());
      assertEquals(
          Stream.of(PruningRate.ZERO, smallest).distinct().toList(),
          List.copyOf(row.result().test().keySet()));
      tested += smallest.isZero() ? 0 : 1;
      assertEquals(smallest.isZero(), row.pValue().isEmpty(), "the same model is not tested");
    }
    assertTrue(tested < 8, "no search chose rate 0: the families would be the same");
    assertEquals(
        Report.of(RunFolder.read(folder("run"))).tasks().getFirst().groups().stream()
            .collect(Collectors.toMap(GroupSummary::key, GroupSummary::adjusted)),
        summary.rows().stream()
            .collect(Collectors.toMap(GroupSummary::key, GroupSummary::adjusted)),
        "one family in summary and report");
    assertTrue(tested > 0, "no search chose a rate above 0: the test would show nothing");
    // 3 rates of 8 search keys and the unedited model of 2 seeds on validation; those and the
    // chosen on test.
    assertEquals(3 * 8 + 2 + 2 + tested, summary.done());
  }

  @Test
  void everyMatrixHasItsSpectrumOnce() throws IOException {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.plan = new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);
    demo.layers = "1,-1";
    demo.modules = "q_proj";
    demo.rates = "0.9";
    demo.limit = OptionalInt.of(2);
    demo.run(loaded);
    SweepRun run = RunFolder.read(folder("run"));
    assertEquals(loaded.model().layers().size(), run.spectra().size());
    Path file = folder("run").resolve("cells-0-of-1.jsonl");
    try (Stream<String> lines = Files.lines(file)) {
      assertEquals(
          loaded.model().layers().size(),
          lines.filter(line -> line.contains("\"kind\":\"spectrum\"")).count());
    }
    double[] expected =
        loaded
            .decompositions()
            .exact(
                "1.q_proj",
                rankine.engine.edit.EditOverlay.matrices(loaded.model(), Edit.parse("1:q_proj:0"))
                    .get("1.q_proj"))
            .s();
    double[] found = run.spectra().get("1.q_proj").singularValues();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i]);
    }
  }

  @Test
  void aTruncatedRunContinuesToTheSameResults() throws IOException {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.run(loaded);
    TreeMap<String, String> expected = new TreeMap<>(DemoSweep.results(folder("run")));
    Path file = folder("run").resolve("cells-0-of-1.jsonl");
    Random random = new Random(3);
    for (int i = 0; i < 8; i++) {
      long size = random.nextLong(Files.size(file));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(size);
      }
      int kept = RunFolder.read(folder("run")).cells().size();
      SweepSummary summary = demo.run(loaded);
      assertEquals(expected.size() - kept, summary.done());
      assertEquals(kept, summary.found());
      assertEquals(expected, DemoSweep.results(folder("run")));
    }
  }

  @Test
  void shardsTogetherFillTheWholeGrid() {
    new DemoSweep(folder("whole")).run(loaded);
    int searches = 0;
    for (int i = 0; i < 3; i++) {
      DemoSweep demo = new DemoSweep(folder("shards"));
      demo.shard = new Shard(i, 3);
      searches += demo.run(loaded).rows().size();
    }
    assertEquals(4, searches);
    assertEquals(DemoSweep.results(folder("whole")), DemoSweep.results(folder("shards")));
    assertEquals(List.of(), RunFolder.read(folder("shards")).missing());
    assertEquals(0, new DemoSweep(folder("shards")).run(loaded).done(), "nothing is left to do");
  }

  @Test
  void theGridMayGrow() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0";
    int first = demo.run(loaded).done();
    demo.layers = "all";
    demo.modules = "fc_in";
    SweepSummary second = demo.run(loaded);
    assertEquals(
        RunFolder.read(folder("run")).cells().size(), first + second.done(), "no cell twice");
    assertEquals(loaded.model().layers().size(), second.rows().size());
    assertEquals(
        loaded.model().layers().size() + 1, RunFolder.read(folder("run")).searchKeys().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"rankine\" : \"[^\"]*\"                      | \"rankine\" : \"0.0.9\"   | rankine",
        "\"architecture\" : \"gptj\"                   | \"architecture\" : \"x\"  | checkpoint.architecture",
        "(checkpoint[^}]*)\"sha256\" : \"[^\"]*\"      | $1\"sha256\" : \"x\"      | checkpoint.sha256",
        "\"bytes\" : [0-9]*                            | \"bytes\" : 1             | checkpoint.bytes",
        "\"F16\" : [0-9]*                              | \"F32\" : 1               | checkpoint.dtypes.F16",
        "(tokenizer\" : .[^}]*)\"sha256\" : \"[^\"]*\" | $1\"sha256\" : \"x\"      | tokenizer.sha256",
        "\"revision\" : 1                              | \"revision\" : 9          | tasks.demo-topic:corrected.revision",
        "(tasks[^}]*)\"sha256\" : \"[^\"]*\"           | $1\"sha256\" : \"x\"      | tasks.demo-topic:corrected.sha256",
        "\"corrected\"                                 | \"paper\"                 | tasks.demo-topic:corrected",
        "\"shots\" : 0                                 | \"shots\" : null          | shots",
        "\"limit\" : 6                                 | \"limit\" : 7             | limit",
        "\"method\" : \"magnitude\"                    | \"method\" : \"zero\"     | method",
        "\"factored\" : \"auto\"                       | \"factored\" : \"never\"  | factored",
        "\"svd_seed\" : 0                              | \"svd_seed\" : 1          | svd_seed",
        "\"test\" : \"chosen\"                         | \"test\" : \"all\"        | test",
        "\"backend\" : \"vector\"                      | \"backend\" : \"scalar\"  | backend",
      })
  void anotherRunsFolderIsRefused(String from, String to, String key) throws IOException {
    anotherRunsFolderIsRefused(new DemoSweep(folder("run")), from, to, key);
  }

  private void anotherRunsFolderIsRefused(DemoSweep demo, String from, String to, String key)
      throws IOException {
    RunFolderStart.of(folder("run"), demo.request().identity(loaded));
    Path file = folder("run").resolve("run.json");
    String text = Files.readString(file);
    String other = text.replaceFirst(from, to);
    assertFalse(other.equals(text), from);
    Files.writeString(file, other);
    String message = refused(demo);
    assertTrue(message.contains("run.json: " + key), message);
    assertTrue(message.contains("expected") && message.contains("found"), message);
    assertFalse(Files.exists(folder("run").resolve("cells-0-of-1.jsonl")));
    assertEquals(other, Files.readString(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"svd_preset\" : \"paper\"          | \"svd_preset\" : \"standard\"      | svd_preset",
        "\"svd_oversampling\" : null       | \"svd_oversampling\" : 4         | svd_oversampling",
        "\"svd_power_iterations\" : 1      | \"svd_power_iterations\" : null  | svd_power_iterations",
        "\"svd_seed\" : 5                  | \"svd_seed\" : 6                 | svd_seed",
      })
  void anotherSketchIsRefused(String from, String to, String key) throws IOException {
    SketchOptions sketch =
        new SketchOptions(SketchOptions.Preset.PAPER, OptionalInt.empty(), OptionalInt.of(1), 5);
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.plan = new EditPlan(List.of(), EditMethod.RANDOMIZED, FactoredMode.AUTO, sketch);
    anotherRunsFolderIsRefused(demo, from, to, key);
  }

  /** The results of a sketch depend on the smallest rate of the grid, so that may not change. */
  @Test
  void anotherSmallestRateIsRefused() throws IOException {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0";
    demo.modules = "q_proj";
    demo.plan = new EditPlan(List.of(), EditMethod.RANDOMIZED, FactoredMode.AUTO, 0);
    demo.rates = "0.8,0.9";
    demo.run(loaded);
    demo.rates = "0.8,0.95";
    assertTrue(demo.run(loaded).done() > 0, "larger rates may come");
    demo.rates = "0.5,0.8";
    String message = refused(demo);
    assertTrue(
        message.contains("svd_smallest_rate: expected 0.8 as the run began, found 0.5"), message);
  }

  @Test
  void theDataMayMove() throws IOException {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0";
    demo.run(loaded);
    demo.data = copyOfData();
    assertEquals(0, demo.run(loaded).done());
  }

  @Test
  void otherDataIsRefusedAndNoCellIsLost() throws IOException {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0";
    demo.run(loaded);
    var before = DemoSweep.results(folder("run"));
    demo.data = copyOfData();
    for (String split : List.of("validation", "test")) {
      Path file = demo.data.resolve(split + ".jsonl");
      Files.writeString(file, Files.readString(file).replaceAll("\"text\": *\"", "$0Well, "));
    }
    demo.layers = "0,1";
    String message = refused(demo);
    assertTrue(message.contains("the same examples and prompts"), message);
    assertEquals(before, DemoSweep.results(folder("run")));
  }

  private Path copyOfData() throws IOException {
    Path copy = Files.createDirectories(folder("data"));
    try (Stream<Path> files = Files.list(new DemoSweep(copy).data)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void aFolderOfSomethingElseIsRefusedUntouched() throws IOException {
    Path folder = Files.createDirectories(folder("run"));
    Files.writeString(folder.resolve("thesis.tex"), "x");
    String message = refused(new DemoSweep(folder));
    assertTrue(message.contains("thesis.tex and no run.json"), message);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
    Path file = Files.writeString(folder("file"), "x");
    assertTrue(refused(new DemoSweep(file)).contains("expected a folder, found a file"));
  }

  /** A process killed before it renamed its temporary file to run.json leaves both files here. */
  @Test
  void filesOfAProcessKilledBeforeItsStartAreAllowed() throws IOException {
    Path folder = Files.createDirectories(folder("run"));
    Files.writeString(folder.resolve("run.lock"), "");
    Files.writeString(folder.resolve(".run.json.1234.tmp"), "{\"form");
    DemoSweep demo = new DemoSweep(folder);
    demo.layers = "0";
    demo.modules = "fc_in";
    assertTrue(demo.run(loaded).done() > 0);
  }

  @Test
  void missingLayersAndModulesLeaveNoFolder() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0-6";
    assertTrue(refused(demo).contains("expected -1 to 5, found 6"));
    demo.layers = "0";
    demo.modules = "fc_up";
    assertThrows(EditException.class, () -> demo.run(loaded));
    demo.modules = "mlp,mlp";
    assertTrue(refused(demo).contains("modules: expected each once, found mlp twice"));
    assertFalse(Files.exists(folder("run")));
  }

  @Test
  void missingDataIsRefusedInOneLine() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.data = folder("nowhere");
    String message = assertThrows(TaskException.class, () -> demo.run(loaded)).getMessage();
    assertTrue(message.contains("nowhere"), message);
    assertTrue(RunFolder.read(folder("run")).cells().isEmpty());
  }

  @Test
  void weightsThatAreNotFiniteAreRefusedInOneLine() throws IOException {
    TestCheckpoint broken = TestCheckpoint.read(DemoSweep.CHECKPOINT);
    broken.tensors.get("transformer.h.1.mlp.fc_in.weight").values()[5] = Float.NaN;
    Path copy = broken.write(folder("model"));
    Files.copy(DemoSweep.CHECKPOINT.resolve("tokenizer.json"), copy.resolve("tokenizer.json"));
    try (LoadedModel model = LoadedModel.open(copy, BackendOptions.standard())) {
      String message =
          assertThrows(TaskException.class, () -> new DemoSweep(folder("run")).run(model))
              .getMessage();
      assertEquals(1, message.lines().count(), message);
    }
    assertTrue(RunFolder.read(folder("run")).cells().isEmpty());
  }

  @Test
  void testCellsOfAnUnfinishedGroupAreNotCounted() {
    DemoSweep demo = new DemoSweep(folder("run"));
    demo.layers = "0";
    demo.modules = "fc_in";
    demo.run(loaded);
    demo.test = TestCells.ALL;
    assertTrue(refused(demo).contains("run.json: test: "));
    SweepRun run = RunFolder.read(folder("run"));
    assertEquals(1, run.plain(EvaluationSplit.TEST).size());
  }
}
