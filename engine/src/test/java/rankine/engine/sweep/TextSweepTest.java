package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.RunException;
import rankine.common.TaskException;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.RankAllocation;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.WindowMode;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.replay.ProgressListener;
import rankine.engine.report.Report;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** Sweeps on texts, and on texts beside tasks. */
class TextSweepTest {
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

  /** Two short texts, for which a layer is pruned. */
  private DemoSweep demo(String name) {
    try {
      DemoSweep demo = new DemoSweep(temporary.resolve(name));
      demo.task = "";
      demo.layers = "1,5";
      demo.modules = "mlp";
      demo.texts =
          Optional.of(
              TextData.read(
                  text("validation.txt", "demo-calibration.txt"),
                  text("test.txt", "demo-test.txt"),
                  new WindowProtocol(32, 32, WindowMode.KEEP)));
      return demo;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path text(String name, String of) throws IOException {
    Path file = temporary.resolve(name);
    return Files.writeString(file, Files.readString(TestData.text(of)).substring(0, 900));
  }

  private Map<CellKey, Cell> cells(String name) {
    return RunFolder.read(temporary.resolve(name)).cells();
  }

  /**
   * The golden perplexities of compressed models, and what {@code Perplexity} gives, to the bit.
   */
  @Tag("thorough")
  @Test
  void cellsOfAWholeModelHaveTheGoldenPerplexities() throws IOException {
    JsonNode table =
        new ObjectMapper()
            .readTree(TestData.text("golden_compress.json").toFile())
            .get("tables")
            .valueStream()
            .filter(each -> each.get("model").textValue().endsWith("checkpoint"))
            .findFirst()
            .orElseThrow();
    DemoSweep demo = new DemoSweep(temporary.resolve("run"));
    demo.task = "";
    demo.layers = "";
    demo.methods = "exact,whitened:block";
    demo.ratios = "0.8";
    demo.test = TestCells.ALL;
    demo.settings =
        new CompressionSettings(
            FactoredMode.AUTO,
            SketchOptions.standard(0),
            Optional.of(
                Calibration.of(
                    TestData.text("demo-calibration.txt"),
                    128,
                    48,
                    Calibration.Sequential.NONE,
                    0.5)),
            1,
            RankAllocation.UNIFORM,
            List.of());
    demo.texts =
        Optional.of(
            TextData.read(
                text("validation.txt", "demo-calibration.txt"),
                TestData.text("demo-test.txt"),
                new WindowProtocol(128, 128, WindowMode.KEEP)));
    demo.run(loaded);
    int compared = 0;
    for (Cell cell : cells("run").values()) {
      if (cell.key().split() == EvaluationSplit.TEST) {
        double expected = golden(table, cell.key());
        assertEquals(expected, cell.score().shown(), 2e-3 * expected, cell.key().toString());
        compared++;
      }
    }
    assertEquals(3, compared);
    Cell exact =
        cells("run").values().stream()
            .filter(cell -> cell.key().toString().endsWith("exact at ratio 0.8, test"))
            .findFirst()
            .orElseThrow();
    ModelTarget target = ModelTarget.parse("exact");
    EditPlan plan = demo.settings.uniform(target, PruningRate.parse("0.8"), 6);
    requireEqual(measured(loaded.edited(plan), demo, exact.key()), exact);
  }

  private static double golden(JsonNode table, CellKey key) {
    if (key.isPlain()) {
      return table.get("perplexity").doubleValue();
    }
    ModelTarget target = (ModelTarget) key.target().orElseThrow();
    String method = target.method().label().replace("exact", "svd");
    return table
        .get("rows")
        .valueStream()
        .filter(row -> row.get("method").textValue().equals(method))
        .filter(row -> row.get("sequential").textValue().equals(target.sequential().label()))
        .filter(row -> row.get("ratio").decimalValue().compareTo(key.rate().value()) == 0)
        .findFirst()
        .orElseThrow()
        .get("perplexity")
        .doubleValue();
  }

  private static Perplexity measured(LoadedModel variant, DemoSweep demo, CellKey key) {
    TextData texts = demo.texts.orElseThrow();
    return Perplexity.of(
        variant,
        texts.text(key.split()),
        texts.protocol(),
        0,
        (w, nll) -> {},
        ProgressListener.NONE);
  }

  private static void requireEqual(Perplexity expected, Cell cell) {
    TextRecord found = (TextRecord) cell.evaluation();
    assertEquals(expected.figures().toString(), found.result().toString(), cell.key().toString());
    assertEquals(expected.manifest().toString(), found.manifest().toString());
    assertEquals(expected.windows(), found.nll().size());
  }

  /** To the bit. */
  @Test
  void cellsOfLayersEqualSeparateMeasurements() {
    DemoSweep demo = demo("run");
    demo.test = TestCells.ALL;
    demo.run(loaded);
    // 2 layers, 2 rates and 2 splits, and the unedited model on both splits.
    assertEquals(10, cells("run").size());
    for (Cell cell : cells("run").values()) {
      EditPlan plan =
          cell.key().isPlain()
              ? EditPlan.NONE
              : demo.plan.withEdits(
                  List.of(((LayerTarget) cell.key().target().get()).edit(cell.key().rate())));
      requireEqual(measured(loaded.edited(plan), demo, cell.key()), cell);
    }
  }

  @Test
  void theLowestLikelihoodPerTokenIsChosenAndTestedOverWindows() {
    DemoSweep demo = demo("run");
    demo.rates = "0.1,0.5,0.9";
    SweepSummary summary = demo.run(loaded);
    assertEquals(2, summary.rows().size());
    for (GroupSummary row : summary.rows()) {
      Map<PruningRate, Cell> validation = row.result().validation();
      PruningRate best =
          validation.keySet().stream()
              .min(Comparator.comparingDouble(rate -> validation.get(rate).score().shown()))
              .orElseThrow();
      assertEquals(Optional.of(best), row.chosen());
      TextRecord plain = (TextRecord) row.result().plain().orElseThrow().evaluation();
      TextRecord pruned = (TextRecord) row.result().pruned().orElseThrow().evaluation();
      double change = pruned.score().nllPerToken() - plain.score().nllPerToken();
      assertEquals(-change, row.test().orElseThrow().value(), 1e-12);
      assertEquals(plain.nll().size(), row.test().orElseThrow().chosen().n());
    }
    JsonNode text = Report.of(RunFolder.read(temporary.resolve("run"))).tasks().getFirst().toJson();
    for (String key : List.of("plain_over_seeds", "change_over_seeds")) {
      assertFalse(text.has(key), "texts have no seeds: " + key);
    }
    assertFalse(text.at("/effects/0").has("test"), text.at("/effects/0").toString());
  }

  @Test
  void aTruncatedRunBesideATaskContinuesToTheSameResults() throws IOException {
    DemoSweep demo = demo("run");
    demo.task = "demo-topic";
    demo.layers = "5";
    demo.run(loaded);
    Map<String, String> expected = DemoSweep.results(temporary.resolve("run"));
    Path file = temporary.resolve("run").resolve("cells-0-of-1.jsonl");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(file) / 2);
    }
    int kept = cells("run").size();
    assertTrue(kept > 0 && kept < expected.size(), kept + " cells");
    assertEquals(expected.size() - kept, demo.run(loaded).done());
    assertEquals(expected, DemoSweep.results(temporary.resolve("run")));
    assertEquals(2, RunFolder.read(temporary.resolve("run")).results().size());
  }

  @ParameterizedTest
  @CsvSource({"64,64,KEEP,context", "32,16,KEEP,stride", "32,32,DROP,mode"})
  void anotherProtocolIsRefused(int context, int stride, WindowMode mode, String key) {
    DemoSweep demo = demo("run");
    demo.layers = "5";
    demo.run(loaded);
    TextData texts = demo.texts.orElseThrow();
    demo.texts =
        Optional.of(
            new TextData(
                texts.pair(),
                texts.validation(),
                texts.test(),
                new WindowProtocol(context, stride, mode)));
    String message = assertThrows(RunException.class, () -> demo.run(loaded)).getMessage();
    assertTrue(message.contains("run.json: texts." + key + ": expected"), message);
  }

  @Test
  void anotherTextIsRefusedAndAMovedOneIsNot() throws IOException {
    DemoSweep demo = demo("run");
    demo.layers = "5";
    demo.run(loaded);
    WindowProtocol protocol = demo.texts.orElseThrow().protocol();
    Path moved = Files.createDirectory(temporary.resolve("moved"));
    for (String name : List.of("validation.txt", "test.txt")) {
      Files.copy(temporary.resolve(name), moved.resolve(name));
    }
    Path validation = moved.resolve("validation.txt");
    Path test = moved.resolve("test.txt");
    demo.texts = Optional.of(TextData.read(validation, test, protocol));
    assertEquals(0, demo.run(loaded).done());
    Files.writeString(test, "Something else was written here.");
    demo.texts = Optional.of(TextData.read(validation, test, protocol));
    String message = assertThrows(RunException.class, () -> demo.run(loaded)).getMessage();
    assertTrue(message.contains("run.json: texts.test.sha256"), message);
    Files.copy(validation, test, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertTrue(
        assertThrows(RunException.class, () -> TextData.read(validation, test, protocol))
            .getMessage()
            .contains("expected another text than the validation text"));
  }

  @Test
  void windowsBeyondTheModelLeaveNoFolder() {
    DemoSweep demo = demo("run");
    TextData texts = demo.texts.orElseThrow();
    demo.texts =
        Optional.of(
            new TextData(
                texts.pair(),
                texts.validation(),
                texts.test(),
                new WindowProtocol(9999, 9999, WindowMode.KEEP)));
    assertTrue(
        assertThrows(TaskException.class, () -> demo.run(loaded))
            .getMessage()
            .startsWith("context: expected at most"));
    assertFalse(Files.exists(temporary.resolve("run")));
  }

  @Test
  void figuresThatContradictTheirWindowsAreRefused() throws IOException {
    DemoSweep demo = demo("run");
    demo.layers = "5";
    demo.run(loaded);
    Path file = temporary.resolve("run").resolve("cells-0-of-1.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    String cell =
        lines.stream().filter(line -> line.contains("\"nll\":[")).findFirst().orElseThrow();
    int index = lines.indexOf(cell);
    for (String[] fault :
        new String[][] {
          {"\"nll\":\\[", "\"nll\":[1.5,", "nll: expected"},
          {"\"sum_nll\":", "\"sum_nll\":1", "nll: expected a sum of"},
          {"\"scored\":\\[31", "\"scored\":[30", "scored: expected a sum of"},
        }) {
      String other = cell.replaceFirst(fault[0], fault[1]);
      assertFalse(other.equals(cell), fault[0]);
      lines.set(index, other);
      Files.write(file, lines);
      String message =
          assertThrows(RunException.class, () -> RunFolder.read(temporary.resolve("run")))
              .getMessage();
      assertTrue(message.contains(fault[2]), message);
    }
  }
}
