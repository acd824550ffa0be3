package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.RunException;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.PairedComparison;

/** The reader of run folders against folders written by hand. */
class RunFolderTest {
  private static final SearchKey KEY =
      new SearchKey(
          new TaskVersion("cb", "paper"), 0, new LayerTarget(0, ModuleSelection.of("mlp")));

  @TempDir Path temporary;

  private static PruningRate rate(String text) {
    return PruningRate.parse(text);
  }

  private SweepRun read(String... lines) throws IOException {
    HandWrittenRun.write(temporary, lines);
    return RunFolder.read(temporary);
  }

  private String refused(String... lines) {
    String message = assertThrows(RunException.class, () -> read(lines)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void readsEveryKindOfLine() throws IOException {
    SweepRun run =
        read(
            HandWrittenRun.BEGIN,
            HandWrittenRun.cell("0", "validation", "0101"),
            HandWrittenRun.SPECTRUM);
    assertEquals("0.1.0", run.identity().rankine());
    assertEquals("gptj", run.identity().checkpoint().get("architecture").textValue());
    assertEquals(OptionalInt.empty(), run.identity().shots());
    assertEquals(OptionalInt.of(4), run.identity().limit());
    assertEquals(EditMethod.EXACT, run.identity().plan().orElseThrow().method());
    assertEquals(TestCells.CHOSEN, run.identity().test());
    assertEquals("data/cb", run.identity().tasks().getFirst().data());
    SweepGrid grid = run.starts().getFirst().grid();
    assertEquals(List.of(0, -1), grid.layers());
    assertEquals(List.of(rate("0"), rate("0.5"), rate("0.995")), grid.rates());

    Cell plain = run.cells().get(KEY.cell(PruningRate.ZERO, EvaluationSplit.VALIDATION));
    TaskRecord record = (TaskRecord) plain.evaluation();
    assertEquals(2, record.correct());
    assertEquals(0.5, plain.score().value());
    assertEquals(4, record.outcomes().size());
    assertTrue(record.outcomes().get(3).correct());
    assertEquals(List.of(plain), run.plain(EvaluationSplit.VALIDATION));

    SpectrumLine spectrum = run.spectra().get("0.fc_in");
    assertArrayEquals(new double[] {4, 1}, spectrum.singularValues());
    assertEquals(4, spectrum.condition().orElseThrow());
    assertEquals(1, spectrum.kept().getFirst().rank());
  }

  @Test
  void tiesGoToTheSmallestRate() throws IOException {
    SweepRun run =
        read(
            HandWrittenRun.BEGIN,
            HandWrittenRun.cell("0", "validation", "0001"),
            HandWrittenRun.cell("0.995", "validation", "1011"),
            HandWrittenRun.cell("0.5", "validation", "0111"),
            HandWrittenRun.cell("0", "test", "0000111"),
            HandWrittenRun.cell("0.50", "test", "1110110"));
    GroupResult result = run.results().getFirst();
    assertEquals(KEY, result.key());
    assertEquals(List.of(rate("0.5"), rate("0.995")), result.best());
    assertEquals(Optional.of(rate("0.5")), result.chosen());
    assertTrue(result.isComplete());
    // 3 against 5 of 7; 1 correct only unedited, 3 only pruned: exact McNemar p = 2 (1 + 4) / 16.
    assertEquals(0.625, result.comparison().orElseThrow().pValue(), 1e-12);
    PairedComparison comparison = (PairedComparison) result.comparison().orElseThrow();
    assertEquals(2 / 7.0, comparison.difference(), 1e-12);
  }

  @Test
  void missingCellsAreListed() throws IOException {
    SweepRun run =
        read(
            HandWrittenRun.BEGIN,
            HandWrittenRun.cell("0", "validation", "0001"),
            HandWrittenRun.cell("0.5", "validation", "0111"));
    SearchKey all =
        new SearchKey(KEY.benchmark(), 0, new LayerTarget(-1, ModuleSelection.of("mlp")));
    assertEquals(
        List.of(
            KEY.cell(rate("0.995"), EvaluationSplit.VALIDATION),
            all.cell(rate("0.5"), EvaluationSplit.VALIDATION),
            all.cell(rate("0.995"), EvaluationSplit.VALIDATION)),
        run.missing());
    assertFalse(run.results().getFirst().isComplete());
    assertEquals(Optional.empty(), run.results().getFirst().chosen());

    SweepRun later =
        read(
            HandWrittenRun.BEGIN,
            HandWrittenRun.cell("0", "validation", "0001"),
            HandWrittenRun.cell("0.5", "validation", "0111"),
            HandWrittenRun.cell("0.995", "validation", "0011"));
    assertEquals(
        List.of(
            KEY.cell(PruningRate.ZERO, EvaluationSplit.TEST),
            KEY.cell(rate("0.5"), EvaluationSplit.TEST)),
        later.results().getFirst().missing());
  }

  @Test
  void gridsOfSeveralStartsAreMerged() throws IOException {
    SweepRun run =
        read(
            HandWrittenRun.BEGIN,
            HandWrittenRun.BEGIN.replace("[0,-1]", "[0]").replace("0.995", "0.75"));
    assertEquals(2, run.searchKeys().size());
    assertEquals(
        List.of(rate("0"), rate("0.5"), rate("0.75"), rate("0.995")),
        List.copyOf(run.searchKeys().get(KEY)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"kind\":\"cell\"     | false",
        "{\"kind\":\"cell\"     | true",
        "\u00ff                 | true",
        "[]                     | true",
        "''                     | true",
      })
  void aTornLastLineIsSkipped(String torn, boolean ended) throws IOException {
    String line = HandWrittenRun.cell("0", "validation", "0101");
    Path file = HandWrittenRun.write(temporary, HandWrittenRun.BEGIN, line);
    long completeBytes = Files.size(file);
    byte[] bytes = (torn + (ended ? "\n" : "")).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, bytes, StandardOpenOption.APPEND);
    assertEquals(1, RunFolder.read(temporary).cells().size());
    assertEquals(completeBytes, CellsReader.read(file, (location, any) -> {}));
    if (ended) {
      Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
      String message =
          assertThrows(RunException.class, () -> RunFolder.read(temporary)).getMessage();
      assertTrue(message.contains("cells-0-of-1.jsonl: line 3: expected"), message);
    }
  }

  @Test
  void aLineWithoutLineBreakIsTorn() throws IOException {
    Path file = HandWrittenRun.write(temporary, HandWrittenRun.BEGIN);
    long completeBytes = Files.size(file);
    Files.writeString(
        file, HandWrittenRun.cell("0", "validation", "0101"), StandardOpenOption.APPEND);
    assertEquals(completeBytes, CellsReader.read(file, (location, any) -> {}));
    assertTrue(RunFolder.read(temporary).cells().isEmpty());
  }

  @Test
  void shardsMayHaveTheSameCell() throws IOException {
    HandWrittenRun.write(
        temporary, HandWrittenRun.BEGIN, HandWrittenRun.cell("null", "0", "test", "01", "1"));
    HandWrittenRun.cells(
        temporary, "cells-1-of-2.jsonl", HandWrittenRun.cell("null", "0", "test", "01", "9"));
    SweepRun run = RunFolder.read(temporary);
    assertEquals(1, run.cells().values().iterator().next().seconds(), "the first is kept");

    HandWrittenRun.cells(
        temporary, "cells-1-of-2.jsonl", HandWrittenRun.cell("null", "0", "test", "10", "1"));
    String message = assertThrows(RunException.class, () -> RunFolder.read(temporary)).getMessage();
    assertTrue(message.contains("cells-1-of-2.jsonl: line 1"), message);
    assertTrue(message.contains("cells-0-of-1.jsonl: line 2"), message);
  }

  @Test
  void cellsOfOtherDataAreRefused() {
    String other = HandWrittenRun.cell("0.5", "test", "10").replace("p-test", "p-other");
    String message = refused(HandWrittenRun.cell("0", "test", "01"), other);
    assertTrue(message.contains("line 2") && message.contains("line 1"), message);
    assertTrue(message.contains("the same examples and prompts"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":4                | \"n\":5                 | outcomes",
        "\"correct\":2          | \"correct\":3           | result.correct",
        "\"0101\"               | \"01x1\"                | only 0 and 1",
        "\"layer\":null         | \"layer\":3             | module",
        "\"rate\":0             | \"rate\":0.5            | rate 0.5 and neither",
        "\"rate\":0             | \"rate\":1              | cell.rate",
        "\"rate\":0             | \"rate\":1e-999999999   | cell.rate",
        "\"rate\":0             | \"rate\":1e999999999    | cell.rate",
        "\"seed\":0             | \"seed\":0.5            | cell.seed",
        "\"seed\":0             | \"seed\":1e400          | cell.seed",
        "\"part\":\"validation\"| \"part\":\"train\"      | validation, test",
        "\"kind\":\"cell\"      | \"kind\":\"sell\"       | begin, cell, spectrum",
        "\"seconds\":1.5        | \"seconds\":-1          | seconds",
        "\"seconds\":1.5        | \"second\":1            | seconds",
        "\"manifest\":{}        | \"manifest\":{},\"x\":1 | unknown key",
        "\"notes\":[]           | \"f1\":0.5              | scores",
      })
  void errorsNameFileLineAndKey(String from, String to, String named) {
    String good = HandWrittenRun.cell("0", "validation", "0101");
    assertTrue(good.contains(from), from);
    String message = refused(HandWrittenRun.BEGIN, good.replace(from, to));
    assertTrue(message.contains("cells-0-of-1.jsonl: line 2: "), message);
    assertTrue(message.contains(named), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\":1           | \"format\":2            | format",
        "\"limit\":4            | \"limit\":0             | limit",
        "\"method\":\"exact\"   | \"method\":\"svd\"      | exact, randomized",
        "\"sha256\":\"aa\",     | ''                      | checkpoint.sha256",
        "\"revision\":1         | \"revision\":\"1\"      | tasks[0].revision",
        "\"backend\":\"vector\" | \"x\":1                 | backend",
        "}]                     | }                       | expected valid JSON",
      })
  void errorsOfTheIdentityNameTheKey(String from, String to, String named) throws IOException {
    HandWrittenRun.write(temporary);
    assertTrue(HandWrittenRun.IDENTITY.contains(from), from);
    Files.writeString(temporary.resolve("run.json"), HandWrittenRun.IDENTITY.replace(from, to));
    String message = assertThrows(RunException.class, () -> RunFolder.read(temporary)).getMessage();
    assertTrue(message.contains("run.json") && message.contains(named), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void refusesAFolderWithoutARun() {
    Path none = temporary.resolve("none");
    assertTrue(
        assertThrows(RunException.class, () -> RunFolder.read(none))
            .getMessage()
            .contains("found nothing"));
    assertTrue(
        assertThrows(RunException.class, () -> RunFolder.read(temporary))
            .getMessage()
            .contains("run.json"));
  }
}
