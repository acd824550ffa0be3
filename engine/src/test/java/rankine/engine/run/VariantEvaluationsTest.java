package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Factored;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.Task;
import rankine.engine.model.Golden;

/** Many edits together have the results of each alone. */
class VariantEvaluationsTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2);

  private static EditPlan plan(String... edits) {
    return new EditPlan(
        List.of(edits).stream().map(Edit::parse).toList(), EditMethod.EXACT, Factored.AUTO, 0);
  }

  /** Results and predictions by index. */
  private static final class Found implements VariantEvaluations.Listener {
    private final Map<Integer, EvaluationRun> runs = new HashMap<>();
    private final Map<Integer, List<Prediction>> predictions = new HashMap<>();
    private final Set<EditPlan> begun = new HashSet<>();

    @Override
    public void begin(EditPlan plan) {
      begun.add(plan);
    }

    @Override
    public void progress(int done, int total) {}

    @Override
    public void end(int index, EvaluationRun run, List<Prediction> found) {
      runs.put(index, run);
      predictions.put(index, found);
    }
  }

  private static void assertAsAlone(Task task, Path data, EvaluationOptions options) {
    List<EditPlan> plans =
        List.of(
            plan("4:mlp:0.9"),
            plan("1:attn:0.75"),
            EditPlan.NONE,
            plan("1:mlp:0.5", "3:q_proj:0.95"),
            plan("4:mlp:0"),
            plan("-1:all:0.99"));
    try (LoadedModel loaded = LoadedModel.open(Golden.model("stories260K"), CPU)) {
      Found found = new Found();
      VariantEvaluations.prepare(loaded, task, data, options).run(plans, found);
      assertEquals(Set.copyOf(plans), found.begun);
      for (int i = 0; i < plans.size(); i++) {
        List<Prediction> predictions = new ArrayList<>();
        EvaluationRun alone =
            EvaluationRun.of(
                loaded.edited(plans.get(i)),
                new EvaluationRun.Request(task, data, options, Optional.empty()),
                (done, total) -> {},
                predictions::add);
        assertEquals(alone.toJson(), found.runs.get(i).toJson(), plans.get(i).toString());
        assertEquals(predictions, found.predictions.get(i), plans.get(i).toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"sst2, 16", "cb, 8", "copa, 8", "rte:paper, 8"})
  void asEachAlone(String task, int limit) {
    Path data = Golden.model("stories260K").resolveSibling("../" + task.replaceAll(":.*", ""));
    assertAsAlone(Task.load(task), data.normalize(), EvaluationOptions.DEFAULT.withLimit(limit));
  }

  @Test
  void answersThatAreWritten() {
    Path data = Golden.model("stories260K").resolveSibling("../squad").normalize();
    assertAsAlone(Task.load("squad"), data, EvaluationOptions.DEFAULT.withLimit(2));
  }
}
