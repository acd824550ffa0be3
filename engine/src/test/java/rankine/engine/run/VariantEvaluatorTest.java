package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.Task;
import rankine.testdata.TestData;

/** Shared evaluation of many edits gives the results of separate evaluations, in any order. */
class VariantEvaluatorTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2);

  private static EditPlan plan(String... edits) {
    return new EditPlan(
        List.of(edits).stream().map(Edit::parse).toList(), EditMethod.EXACT, FactoredMode.AUTO, 0);
  }

  @ParameterizedTest
  @CsvSource({"sst2, 16", "cb, 8", "copa, 8", "rte:paper, 8", "squad, 2"})
  void equalsSeparateEvaluations(String name, int limit) {
    Task task = Task.load(name);
    Path data = TestData.task(task.name());
    EvaluationOptions options = EvaluationOptions.DEFAULT.withLimit(limit);
    List<EditPlan> plans =
        List.of(
            EditPlan.NONE,
            plan("1:attn:0.75"),
            plan("1:mlp:0.5", "3:q_proj:0.95"),
            plan("4:mlp:0.9"),
            plan("4:mlp:0"),
            plan("-1:all:0.99"), // starts again from the embedding
            EditPlan.NONE);
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU);
        VariantEvaluator evaluator =
            new VariantEvaluator(loaded, List.of(Edit.parse("1:attn:0.75")))) {
      for (EditPlan plan : plans) {
        LoadedModel variant = loaded.edited(plan);
        List<Prediction> predictions = new ArrayList<>();
        EvaluationRun alone =
            EvaluationRun.of(
                variant,
                new EvaluationRun.EvaluationRequest(task, data, options, Optional.empty()),
                (done, total) -> {},
                predictions::add);
        VariantEvaluation found =
            evaluator.evaluate(variant, task, data, options, (done, total) -> {});
        assertEquals(alone.toJson(), found.run().toJson(), plan.toString());
        assertEquals(
            predictions.stream().map(Prediction::promptHash).toList(), found.promptHashes());
        assertEquals(
            predictions.stream().map(Prediction::correct).toList(),
            found.outcomes().stream().map(outcome -> outcome.correct()).toList());
      }
    }
  }
}
