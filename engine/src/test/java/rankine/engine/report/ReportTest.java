package rankine.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.stats.Score;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.RunFolder;

/**
 * Reports of run folders with known outcomes. A cell answers the first k of n examples correctly,
 * so the model with the larger k is correct wherever the other is.
 */
class ReportTest {
  private static final List<String> RATES = List.of("0", "0.5", "0.9");

  @TempDir Path folder;

  private Report report(SampleRun run) throws IOException {
    return Report.of(RunFolder.read(run.write(folder.resolve("run"))));
  }

  /** Outcomes by {@code layer:module:rate}; other cells have 40 correct. */
  private static SampleRun.Outcomes correct(
      Map<String, Integer> validation, Map<String, Integer> test) {
    return (task, seed, layer, module, rate, split) ->
        OptionalInt.of(
            (split.equals("test") ? test : validation)
                .getOrDefault(layer + ":" + module + ":" + rate, 40));
  }

  private static SampleRun run() {
    return new SampleRun().task("cb").examples(100);
  }

  @Test
  void theBestOfTheGridIsChosenOnValidationAndTestedOnce() throws IOException {
    SampleRun.Outcomes outcomes =
        correct(
            Map.of("0:mlp:0.9", 50, "1:mlp:0.5", 52, "1:mlp:0.9", 45),
            // The best on test is not the best on validation, and must not be chosen.
            Map.of("0:mlp:0.9", 90, "1:mlp:0.5", 46));
    Report report =
        report(run().grid(List.of(7), List.of(0, 1), List.of("mlp", "attn"), RATES, outcomes));
    Headline headline = report.tasks().getFirst().headlines().getFirst();
    GroupSummary best = headline.best().orElseThrow();
    assertEquals("cb:corrected, seed 7, 1:mlp", best.key().toString());
    assertEquals("0.5", best.chosen().orElseThrow().toString());
    assertEquals(0.12, best.validation().orElseThrow().value(), 1e-12);
    assertEquals(2 * 2 * 2, headline.candidates());
    assertEquals(0, headline.tied());
    assertEquals(0.4, headline.plain().orElseThrow().value());
    assertEquals(0.06, headline.change().orElseThrow(), 1e-12);
    // The pruned model alone is correct on six examples, the unedited one alone on none.
    double p = new BinomialTest().binomialTest(6, 0, 0.5, AlternativeHypothesis.TWO_SIDED);
    assertEquals(p, headline.pValue().orElseThrow(), 1e-12);
    assertEquals(p, headline.adjusted().orElseThrow(), 1e-12);
    assertEquals(1, report.headlineTests());
    // 0:mlp and 1:mlp chose a pruned model; for attn no rate is better than the unedited model.
    assertEquals(2, report.groupTests());
    assertEquals(p, best.adjusted().orElseThrow(), 1e-12);
    assertTrue(report.coverage().complete());
  }

  @Test
  void holmCorrectsOverTheHeadlines() throws IOException {
    SampleRun.Outcomes outcomes =
        (task, seed, layer, module, rate, split) ->
            OptionalInt.of(rate.equals("0") ? 40 : task.equals("cb") ? 46 : 48);
    Report report =
        report(run().task("rte").grid(List.of(0), List.of(0), List.of("mlp"), RATES, outcomes));
    assertEquals(2, report.headlineTests());
    // p = 2 / 2⁶ and 2 / 2⁸: Holm doubles the smaller and keeps the larger.
    Headline cb = report.tasks().get(0).headlines().getFirst();
    Headline rte = report.tasks().get(1).headlines().getFirst();
    assertEquals(2 / 64.0, cb.adjusted().orElseThrow(), 1e-12);
    assertEquals(2 * 2 / 256.0, rte.adjusted().orElseThrow(), 1e-12);
  }

  @Test
  void tiesGoToTheSmallestRateThenTheFirstLayer() throws IOException {
    SampleRun.Outcomes outcomes =
        correct(
            Map.of("0:mlp:0.9", 50, "1:mlp:0.5", 50, "1:mlp:0.9", 50, "2:mlp:0.5", 50), Map.of());
    Report report =
        report(run().grid(List.of(0), List.of(0, 1, 2), List.of("mlp"), RATES, outcomes));
    Headline headline = report.tasks().getFirst().headlines().getFirst();
    assertEquals("1:mlp", headline.best().orElseThrow().key().target().toString());
    assertEquals(2, headline.tied());
    assertEquals(
        List.of("0.9"), headline.best().get().tied().stream().map(Object::toString).toList());
    assertEquals(0, headline.change().orElseThrow());
    assertEquals(
        1, headline.pValue().orElseThrow(), "both models are correct on the same examples");
  }

  @Test
  void noRateBetterThanTheUneditedModel() throws IOException {
    SampleRun.Outcomes outcomes = correct(Map.of("0:mlp:0.9", 39), Map.of());
    Report report = report(run().grid(List.of(0), List.of(0), List.of("mlp"), RATES, outcomes));
    Headline headline = report.tasks().getFirst().headlines().getFirst();
    assertTrue(headline.best().isEmpty());
    assertEquals(0, headline.change().orElseThrow());
    assertTrue(headline.adjusted().isEmpty());
    assertEquals(0, report.headlineTests());
    assertEquals(0, report.groupTests());
  }

  @Test
  void reportsMissingCells() throws IOException {
    SampleRun.Outcomes outcomes =
        (task, seed, layer, module, rate, split) ->
            layer == 1 && rate.equals("0.9") ? OptionalInt.empty() : OptionalInt.of(40 + layer);
    Report report = report(run().grid(List.of(0), List.of(0, 1), List.of("mlp"), RATES, outcomes));
    assertFalse(report.coverage().complete());
    assertEquals(
        List.of("cb:corrected, seed 0, 1:mlp:0.9, validation"),
        report.coverage().missing().stream().map(Object::toString).toList());
    TaskResult task = report.tasks().getFirst();
    Headline headline = task.headlines().getFirst();
    assertTrue(headline.provisional());
    assertEquals(2, headline.candidates(), "only those of the complete group");
    assertTrue(task.groups().get(1).chosen().isEmpty());
    assertEquals(2, task.groups().get(1).result().validation().size());
    assertEquals(2, task.curves(EvaluationSplit.VALIDATION).get(1).points().size());
    JsonNode json = report.toJson();
    assertFalse(json.get("complete").booleanValue());
    assertEquals(1, json.get("tried").get("missing").size());
  }

  @Test
  void spreadOverSeeds() throws IOException {
    SampleRun.Outcomes outcomes =
        (task, seed, layer, module, rate, split) ->
            OptionalInt.of(rate.equals("0.5") ? 44 + 2 * seed : 40 + seed);
    Report report =
        report(run().grid(List.of(0, 1, 2), List.of(0), List.of("mlp"), RATES, outcomes));
    TaskResult task = report.tasks().getFirst();
    assertEquals(3, task.headlines().size());
    assertTrue(!task.seedsAlike());
    assertEquals(0.41, task.plainSpread().orElseThrow().mean(), 1e-12);
    // Changes 0.04, 0.05, 0.06: mean 0.05, standard deviation 0.01.
    PruningEffect effect = task.effects().getFirst();
    assertEquals(0.05, effect.test().orElseThrow().mean(), 1e-12);
    assertEquals(0.01, effect.test().get().standardDeviation().orElseThrow(), 1e-12);
    assertEquals(effect.test(), task.changeSpread());
    RateCurve.Point point = task.curves(EvaluationSplit.VALIDATION).getFirst().points().get(1);
    assertEquals(List.of(0.44, 0.46, 0.48), point.bySeed());
    assertEquals(0.46, point.score(), 1e-12);
    // Three seeds on the same 100 examples are not 300 examples: Wilson interval of 46 of 100.
    assertEquals(0.3656, point.interval().orElseThrow().lower(), 5e-5);
    assertEquals(0.5574, point.interval().orElseThrow().upper(), 5e-5);
  }

  @Test
  void seedsWithTheSamePromptsAreOneMeasurement() throws IOException {
    SampleRun.Outcomes outcomes =
        (task, seed, layer, module, rate, split) -> OptionalInt.of(rate.equals("0.5") ? 44 : 40);
    Report report =
        report(
            run().seedsAlike().grid(List.of(0, 1, 2), List.of(0), List.of("mlp"), RATES, outcomes));
    TaskResult task = report.tasks().getFirst();
    assertTrue(task.seedsAlike());
    assertTrue(task.plainSpread().isEmpty());
    assertTrue(task.changeSpread().isEmpty());
  }

  @Test
  void curvesOnTestOnlyIfEveryRateIsTested() throws IOException {
    SampleRun.Outcomes outcomes = correct(Map.of("0:mlp:0.9", 50), Map.of("0:mlp:0.9", 30));
    List<Integer> one = List.of(0);
    Report chosen = report(run().grid(one, one, List.of("mlp"), RATES, outcomes));
    assertEquals(List.of(), chosen.tasks().getFirst().curves(EvaluationSplit.TEST));
    Report all = report(run().testAll().grid(one, one, List.of("mlp"), RATES, outcomes));
    RateCurve curve = all.tasks().getFirst().curves(EvaluationSplit.TEST).getFirst();
    assertEquals(
        List.of(0.4, 0.4, 0.3), curve.points().stream().map(RateCurve.Point::score).toList());
  }

  @Test
  void aTaskWithFreeFormAnswersIsScoredByF1() throws IOException {
    SampleRun.Outcomes outcomes = correct(Map.of("0:mlp:0.9", 50), Map.of("0:mlp:0.9", 46));
    Report report =
        report(run().answers().grid(List.of(0), List.of(0), List.of("mlp"), RATES, outcomes));
    TaskResult task = report.tasks().getFirst();
    assertEquals(Score.Metric.F1, task.metric());
    GroupSummary.Change test = task.headlines().getFirst().test().orElseThrow();
    // 40 examples with F1 1 and 60 with a third; six more correct examples add two thirds each.
    assertEquals(0.6, test.plain().value(), 1e-12);
    assertEquals(0.04, test.value(), 1e-12);
    assertTrue(
        task.headlines().getFirst().best().orElseThrow().interval().orElseThrow().upper() <= 0.1);
    assertTrue(
        task.curves(EvaluationSplit.VALIDATION)
            .getFirst()
            .points()
            .getFirst()
            .interval()
            .isEmpty());
  }

  @Test
  void aFolderWithoutAGridHasAReport() throws IOException {
    Report report = report(run());
    assertEquals(0, report.coverage().groups());
    assertEquals(List.of(), report.tasks());
  }
}
