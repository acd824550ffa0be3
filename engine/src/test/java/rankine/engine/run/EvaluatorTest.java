package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.TaskException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.NaiveScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.TokenSpan;
import rankine.engine.replay.TokenTree;
import rankine.kernels.KvCache;
import rankine.testdata.TestData;

/** Shared evaluation of many edits gives the results of separate evaluations, in any order. */
class EvaluatorTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2);

  private static EditPlan plan(String... edits) {
    return new EditPlan(
        List.of(edits).stream().map(Edit::parse).toList(), EditMethod.EXACT, FactoredMode.AUTO, 0);
  }

  @ParameterizedTest
  @CsvSource({"copa, 4", "squad, 2"})
  void equalsSeparateEvaluations(String name, int limit) {
    assertEqualsSeparateEvaluations(name, limit);
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({"sst2, 6", "cb, 4", "rte:paper, 4"})
  void equalsSeparateEvaluationsOfMoreTasks(String name, int limit) {
    assertEqualsSeparateEvaluations(name, limit);
  }

  private static void assertEqualsSeparateEvaluations(String name, int limit) {
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
        Evaluator evaluator =
            new Evaluator(
                loaded,
                List.of(Edit.parse("1:attn:0.75")),
                new ActivationBudget(Evaluator.ACTIVATION_BYTES))) {
      for (EditPlan plan : plans) {
        LoadedModel variant = loaded.edited(plan);
        EvaluationRequest request = new EvaluationRequest(task, data, options);
        EvaluationResult alone =
            Evaluator.once(variant, request, Optional.empty(), ProgressListener.NONE);
        EvaluationResult found = evaluator.evaluate(variant, request, ProgressListener.NONE);
        assertEquals(alone.toJson(), found.toJson(), plan.toString());
        assertEquals(alone.predictions(), found.predictions(), plan.toString());
      }
    }
  }

  /** One prompt and one continuation at a time is what every evaluation must equal. */
  @ParameterizedTest
  @ValueSource(strings = {"sst2", "cb:paper", "copa"})
  void equalsANaiveEvaluation(String name) {
    Task task = Task.load(name);
    EvaluationRequest request =
        new EvaluationRequest(
            task, TestData.task(task.name()), EvaluationOptions.DEFAULT.withLimit(4));
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      LoadedModel variant = loaded.edited(plan("1:mlp:0.5", "3:q_proj:0.95"));
      TaskPrompts prompts = request.prompts(variant);
      List<double[]> scores =
          NaiveScorer.scores(
              variant.model(), loaded.backend().backend(), prompts.batch().prompts());
      EvaluationResult naive = prompts.scored(scores, Manifest.of(variant, prompts));
      EvaluationResult once = Evaluator.once(variant, prompts, ProgressListener.NONE);
      assertEquals(naive.predictions(), once.predictions());
      assertEquals(naive.toJson(), once.toJson());
    }
  }

  /** Both splits of a task show demonstrations of one train file. */
  @Test
  void aTaskReadsOneStateOfItsFiles(@TempDir Path folder) throws IOException {
    for (String file : List.of("train.jsonl", "val.jsonl")) {
      Files.copy(TestData.task("copa").resolve(file), folder.resolve(file));
    }
    EvaluationRequest validation =
        new EvaluationRequest(
            Task.load("copa"),
            folder,
            EvaluationOptions.DEFAULT.withPart(EvaluationSplit.VALIDATION).withLimit(2));
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU);
        Evaluator evaluator =
            new Evaluator(loaded, List.of(), new ActivationBudget(Evaluator.ACTIVATION_BYTES))) {
      evaluator.evaluate(loaded, validation, ProgressListener.NONE);
      Path other = Files.copy(folder.resolve("train.jsonl"), folder.resolve("other"));
      Files.move(other, folder.resolve("train.jsonl"), StandardCopyOption.REPLACE_EXISTING);
      EvaluationRequest test = validation.with(EvaluationSplit.TEST, 0);
      TaskException e =
          assertThrows(
              TaskException.class, () -> evaluator.evaluate(loaded, test, ProgressListener.NONE));
      assertTrue(e.getMessage().contains("train.jsonl: expected the file that was read before"));
      evaluator.evaluate(loaded, validation, ProgressListener.NONE); // which was read
    }
  }

  @Test
  void progressEndsAtTheTotal() {
    for (String name : List.of("cb", "squad")) {
      List<Integer> seen = new ArrayList<>();
      try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
        Evaluator.once(
            loaded,
            new EvaluationRequest(
                Task.load(name), TestData.task(name), EvaluationOptions.DEFAULT.withLimit(3)),
            Optional.empty(),
            (done, total) -> {
              assertEquals(3, total);
              seen.add(done);
            });
      }
      assertEquals(3, seen.getLast());
      assertEquals(seen.stream().sorted().toList(), seen);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 6"})
  void answersAreGreedyContinuations(int shots, int limit) {
    Task task = Task.load("squad");
    EvaluationOptions options = EvaluationOptions.DEFAULT.withShots(shots).withLimit(limit);
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      EvaluationRequest request = new EvaluationRequest(task, TestData.task("squad"), options);
      TaskPrompts prompts = request.prompts(loaded);
      TokenTree tree = prompts.batch().tree();
      List<String> found =
          Evaluator.once(loaded, prompts, ProgressListener.NONE).predictions().stream()
              .map(prediction -> prediction.answer().orElseThrow().text())
              .toList();
      assertEquals(tree.prompts(), found.size());
      for (int i = 0; i < tree.prompts(); i++) {
        int[] rest = tree.span(i).ids();
        int[] ids =
            tree.span(i).parent() == TokenSpan.NONE
                ? rest
                : IntStream.concat(IntStream.of(tree.prefixIds()), IntStream.of(rest)).toArray();
        assertEquals(answer(loaded, prompts, ids), found.get(i), "prompt " + i);
      }
    }
  }

  /** The most likely token after all ids, one by one, to the end of the line. */
  private static String answer(LoadedModel loaded, TaskPrompts prompts, int[] ids) {
    List<Integer> answer = new ArrayList<>();
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      int next = session.greedy(cache, ids);
      while (!TaskPrompts.endsAnswer(loaded.tokenizer(), next)
          && answer.size() < prompts.batch().answerTokens()) {
        answer.add(next);
        next = session.greedy(cache, new int[] {next});
      }
    }
    return loaded.tokenizer().decode(answer.stream().mapToInt(Integer::intValue).toArray()).strip();
  }
}
