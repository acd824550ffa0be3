package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleBiFunction;
import rankine.engine.replay.Prompt;
import rankine.tokenizer.Tokenizer;

/**
 * A model that scores each continuation by a function of all ids before it and its own, one prompt
 * at a time, and records its inputs.
 */
final class FakeModel {
  private final int context;
  private final ToDoubleBiFunction<int[], int[]> score;
  private final int[] reply;

  /** The prefix of every evaluation. */
  final List<int[]> prefixes = new ArrayList<>();

  /** Every whole prompt, prefix included. */
  final List<int[]> prompts = new ArrayList<>();

  /** The number of prompts that share the prefix. */
  int shared;

  private FakeModel(int context, ToDoubleBiFunction<int[], int[]> score, int[] reply) {
    this.context = context;
    this.score = score;
    this.reply = reply;
  }

  static FakeModel scoring(int context, ToDoubleBiFunction<int[], int[]> score) {
    return new FakeModel(context, score, new int[0]);
  }

  /** Scores that depend on every id, and on nothing else. */
  static FakeModel hashing(int context) {
    return scoring(
        context,
        (prompt, continuation) -> {
          int hash = Arrays.hashCode(prompt) * 31 + Arrays.hashCode(continuation);
          return -1 - Math.floorMod(hash * 0x9E3779B9, 1000) / 100.0;
        });
  }

  static FakeModel replying(int context, int[] reply) {
    return new FakeModel(context, (prompt, continuation) -> 0, reply);
  }

  /** Evaluates this model. */
  EvaluationResult evaluate(
      Task task,
      Path data,
      EvaluationOptions options,
      Tokenizer tokenizer,
      Consumer<Prediction> predictions) {
    TaskPrompts of = TaskPrompts.prepare(task, data, options, tokenizer, context);
    prefixes.add(of.tree().prefixIds());
    List<double[]> scores = new ArrayList<>();
    List<int[]> answers = new ArrayList<>();
    List<Double> logLikelihoods = new ArrayList<>();
    for (Prompt prompt : of.prompts()) {
      check(prompt.ids().length > 0, "an empty prompt");
      shared += of.tree().span(prompts.size()).ids().length < prompt.ids().length ? 1 : 0;
      prompts.add(prompt.ids());
      if (of.answerTokens().isPresent()) {
        answers.add(answer(of, tokenizer, prompt, answers.size()));
        prompt.continuations().forEach(c -> logLikelihoods.add(score(prompt, c)));
      } else {
        scores.add(prompt.continuations().stream().mapToDouble(c -> score(prompt, c)).toArray());
      }
    }
    var manifest = JsonNodeFactory.instance.objectNode();
    return answers.isEmpty()
        ? of.scored(scores, manifest, predictions)
        : of.answered(answers, logLikelihoods, manifest, predictions);
  }

  private double score(Prompt prompt, int[] continuation) {
    check(continuation.length > 0, "an empty continuation");
    check(prompt.ids().length + continuation.length <= context, "more than the context");
    return score.applyAsDouble(prompt.ids(), continuation);
  }

  private int[] answer(TaskPrompts of, Tokenizer tokenizer, Prompt prompt, int index) {
    int maxTokens = of.answerTokens(index).getAsInt();
    boolean free = prompt.continuations().isEmpty();
    check(prompt.ids().length + maxTokens <= context, "more than the context");
    int end = 0;
    while (end < Math.min(maxTokens, reply.length)
        && !(free && TaskPrompts.endsAnswer(tokenizer, reply[end]))) {
      end++;
    }
    return Arrays.copyOf(reply, end);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError("the model was given " + otherwise);
    }
  }
}
