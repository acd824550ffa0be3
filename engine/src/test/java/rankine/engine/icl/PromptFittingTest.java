package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rankine.common.TaskException;
import rankine.engine.replay.Prompt;
import rankine.testdata.TestData;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** Prompts longer than the model's context. The test's tokenizer makes one token of two chars. */
class PromptFittingTest {
  private static final EvaluationOptions ALL = EvaluationOptions.DEFAULT;
  private static final EvaluationOptions SOME = ALL.withLimit(150);

  private record FittingOutput(
      EvaluationResult result, List<Prediction> predictions, FakeModel model) {}

  private static FittingOutput run(String task, EvaluationOptions options, int context) {
    List<Prediction> predictions = new ArrayList<>();
    Task loaded = Task.load(task);
    FakeModel model = FakeModel.hashing(context);
    EvaluationResult result =
        model.evaluate(
            loaded,
            TaskFolders.lookAlike(loaded.name()),
            options,
            WordTokenizer.of("..?"),
            predictions::add);
    return new FittingOutput(result, predictions, model);
  }

  private static double fitting(String task, int shots, int context) {
    List<Integer> lengths = new ArrayList<>();
    PromptListing.stream(
        Task.load(task),
        TaskFolders.lookAlike(task),
        SOME.withShots(shots),
        line -> {
          int longest = 0;
          for (var choice : line.get("choices")) {
            longest = Math.max(longest, choice.asText().length());
          }
          lengths.add((line.get("prompt").asText().length() + longest + 1) / 2);
        });
    return lengths.stream().filter(length -> length <= context).count() / (double) lengths.size();
  }

  @Test
  void byDefaultShowsTheMostShotsThatFit() {
    for (String task : List.of("sst2", "rte", "cb")) {
      for (int context : List.of(200, 350, 512)) {
        EvaluationResult result = run(task, SOME, context).result();
        int used = result.setting().shotsUsed();
        if (used > 0) {
          assertTrue(fitting(task, used, context) >= 0.95, task);
        }
        if (used < result.setting().shotsAsked()) {
          assertTrue(fitting(task, used + 1, context) < 0.95, task + " " + used);
          String note =
              "shots: %d instead of %d, because the model's context is %d tokens"
                  .formatted(used, result.setting().shotsAsked(), context);
          assertTrue(result.notes().contains(note), result.notes().toString());
        }
        int shown = used * result.task().classes().size();
        assertEquals(shown, result.setting().demonstrations().size());
      }
    }
  }

  @Test
  void rejectsShotsThatDoNotFitAndNamesTheMostThatDo() {
    int used = run("rte", ALL, 396).result().setting().shotsUsed();
    assertTrue(used >= 1 && used < 5);
    TaskException e = assertThrows(TaskException.class, () -> run("rte", ALL.withShots(5), 396));
    assertTrue(
        e.getMessage()
            .matches(
                "shots: expected prompts of at most 396 tokens \\(the model's context\\), found"
                    + " \\d+ tokens with 5 shots; at most "
                    + used
                    + " shots fit"),
        e.getMessage());
    assertEquals(used, run("rte", ALL.withShots(used), 396).result().setting().shotsUsed());
  }

  @Test
  void truncatesRemainingLongPromptsOnTheLeft() {
    FittingOutput outcome = run("rte", ALL, 396);
    EvaluationResult result = outcome.result();
    int truncated = result.counts().truncated();
    assertTrue(truncated > 0 && truncated <= 20 / 20, "truncated " + truncated);
    assertEquals(truncated, outcome.predictions().stream().filter(Prediction::truncated).count());
    assertTrue(
        result.notes().stream()
            .anyMatch(note -> note.startsWith(truncated + " of 20 prompts were longer")));
    // Untruncated prompts share the prefix, truncated ones none.
    assertEquals(20 - truncated, outcome.model().shared);
    for (int i = 0; i < outcome.predictions().size(); i++) {
      if (outcome.predictions().get(i).truncated()) {
        int length = outcome.model().prompts.get(i).length;
        assertTrue(length >= 396 - 3 && length < 396, "prompt of " + length);
      }
    }
    assertTrue(result.setting().shotsUsed() > 0 && result.setting().prefixTokens() > 0);
  }

  /** A vocabulary of 512, a small context, and a real tokenizer. */
  @Test
  void aTinyModelTakesEveryTask() {
    everyTask(TaskFolders::lookAlike, 320, 12, 3);
  }

  /** The same on real prompts, with the context of that tokenizer's model. */
  @Tag("shared")
  @Test
  void aTinyModelTakesRealData() {
    everyTask(TaskFolders::real, 512, 50, 3);
  }

  private static void everyTask(Function<String, Path> data, int context, int atLeast, int shots) {
    Tokenizer tokenizer = Tokenizers.load(TestData.model("stories260K"));
    for (String name : List.of("sst2", "rte", "cb", "copa", "agnews", "mrpc", "squad")) {
      for (String version : List.of("paper", "corrected")) {
        FakeModel model = FakeModel.hashing(context);
        EvaluationResult result =
            model.evaluate(
                Task.load(name + ":" + version),
                data.apply(name),
                ALL.withLimit(100),
                tokenizer,
                prediction -> {});
        assertEquals("bos 1", result.setting().bosPolicy());
        assertTrue(result.counts().n() >= atLeast);
        model.prompts.forEach(prompt -> assertEquals(1, prompt[0]));
        if (name.equals("sst2")) {
          assertEquals(shots, result.setting().shotsUsed());
        }
      }
    }
  }

  @Test
  void truncationKeepsBosAndTheEnd() {
    ScoringMethod likelihood = new ScoringMethod.Likelihood();
    Prompt prompt = new Prompt(new int[] {9, 1, 2, 3, 4, 5}, List.of(new int[] {7, 8}));
    PromptEncoder bos = new PromptEncoder(WordTokenizer.withBos(), likelihood);
    assertEquals("[9, 4, 5]", Arrays.toString(bos.leftTruncated(prompt, 5).ids()));
    PromptEncoder plain = new PromptEncoder(WordTokenizer.plain(), likelihood);
    assertEquals("[3, 4, 5]", Arrays.toString(plain.leftTruncated(prompt, 5).ids()));
    assertEquals(5, plain.length(plain.leftTruncated(prompt, 5)));
  }

  @Test
  void rejectsAContextWithoutRoomForAPrompt() {
    TaskException e = assertThrows(TaskException.class, () -> run("copa", ALL, 8));
    assertTrue(e.getMessage().contains("expected room for a continuation of"), e.getMessage());
  }
}
