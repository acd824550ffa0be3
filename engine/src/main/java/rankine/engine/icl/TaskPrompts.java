package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.TaskException;
import rankine.engine.icl.PromptFitting.FittedPrompt;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.PromptBatch;
import rankine.tokenizer.Tokenizer;

/**
 * The prompts of a task, encoded for one tokenizer and context length. They do not depend on the
 * weights, so one object serves any number of variants of a model: {@link #batch} is what a model
 * reads, and {@link #scored} or {@link #answered} turns what it returns into a result.
 */
public final class TaskPrompts {
  private final ExamplePlan plan;
  private final PromptEncoder encoder;
  private final Tokenizer tokenizer;
  private final int shots;
  private final List<FittedPrompt> fitted;
  private final int context;
  private final PromptBatch batch;

  private TaskPrompts(
      ExamplePlan plan,
      PromptEncoder encoder,
      Tokenizer tokenizer,
      int shots,
      List<FittedPrompt> fitted,
      int context) {
    this.plan = plan;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.shots = shots;
    this.fitted = fitted;
    this.context = context;
    List<Prompt> prompts = fitted.stream().map(FittedPrompt::prompt).toList();
    this.batch = new PromptBatch(sharedPrefix(fitted), prompts, answerTokens(plan.task(), prompts));
  }

  /**
   * Reads and encodes a task's examples.
   *
   * @param dataDir the folder with the task's data files
   * @param contextLength of the models
   * @throws TaskException for a fault in the data, or shots that do not fit the context
   */
  public static TaskPrompts prepare(
      Task task, Path dataDir, EvaluationOptions options, Tokenizer tokenizer, int contextLength) {
    ExamplePlan plan = ExamplePlan.of(task, dataDir, options);
    PromptEncoder encoder = new PromptEncoder(tokenizer, task.scoring());
    PromptFitting fitting = new PromptFitting(plan, encoder, contextLength);
    int shots = fitting.shots();
    return new TaskPrompts(plan, encoder, tokenizer, shots, fitting.prompts(shots), contextLength);
  }

  /** Returns the task. */
  public Task task() {
    return plan.task();
  }

  /** Returns the options. */
  public EvaluationOptions options() {
    return plan.options();
  }

  /** Returns shots, demonstrations, BOS and shared prefix of the prompts. */
  public EvaluationResult.Setting setting() {
    return new EvaluationResult.Setting(
        plan.shots(),
        shots,
        plan.demonstrations(shots).stream()
            .map(row -> new EvaluationResult.RowLocation(row.split().label(), row.index()))
            .toList(),
        encoder.bosPolicy(),
        batch.prefix().length);
  }

  /**
   * Returns what a model reads: the prompts with their continuations, one per example, in the order
   * of the data file. They share the demonstrations, except left-truncated ones.
   */
  public PromptBatch batch() {
    return batch;
  }

  /** The most tokens of a written answer; 0 for a task scored by log-likelihood. */
  private static int answerTokens(Task task, List<Prompt> prompts) {
    return switch (task.scoring()) {
      case ScoringMethod.Greedy greedy -> greedy.maxTokens();
      case ScoringMethod.GreedyMatch _ ->
          prompts.stream().mapToInt(one -> one.continuations().getFirst().length).max().orElse(0);
      case ScoringMethod.Likelihood _, ScoringMethod.MultipleChoice _, ScoringMethod.FirstToken _ ->
          0;
    };
  }

  /**
   * Returns whether an answer ends before {@code id}: a line break, a special token, or an id
   * without text. Not for an answer that is compared with a choice, which has the choice's length.
   */
  public static boolean endsAnswer(Tokenizer tokenizer, int id) {
    return !tokenizer.hasPiece(id)
        || tokenizer.isSpecial(id)
        || tokenizer.decode(new int[] {id}).indexOf('\n') >= 0;
  }

  /**
   * Computes the result of a task scored by log-likelihood.
   *
   * @param scores one array per prompt of the batch, one log-likelihood per continuation
   * @param manifest the hashes, options and versions of the run; it becomes part of the result
   * @throws TaskException if a score is NaN
   */
  public EvaluationResult scored(List<double[]> scores, ObjectNode manifest) {
    PredictionRule rule = new PredictionRule(task(), options().part());
    PromptBuilder builder = new PromptBuilder(task().format());
    Metrics metrics = new Metrics(task());
    List<Prediction> all = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      FittedPrompt prompt = fitted.get(i);
      all.add(rule.choose(prompt, scores.get(i)));
      metrics.add(
          all.getLast(),
          PredictionRule.correctPerUnit(prompt.row(), scores.get(i), tokens(prompt.prompt())),
          PredictionRule.correctPerUnit(
              prompt.row(), scores.get(i), builder.choiceLengths(prompt.row())));
    }
    return result(metrics, all, manifest);
  }

  private static int[] tokens(Prompt prompt) {
    return prompt.continuations().stream().mapToInt(ids -> ids.length).toArray();
  }

  /**
   * Computes the result of a generative task.
   *
   * @param answers the ids that the model wrote after each prompt of the batch
   * @param logLikelihoods of the continuations that they are compared with; none for free answers
   * @param manifest the hashes, options and versions of the run; it becomes part of the result
   * @throws TaskException if a log-likelihood is NaN
   */
  public EvaluationResult answered(
      List<int[]> answers, List<Double> logLikelihoods, ObjectNode manifest) {
    PredictionRule rule = new PredictionRule(task(), options().part());
    PromptBuilder builder = new PromptBuilder(task().format());
    Metrics metrics = new Metrics(task());
    List<Prediction> all = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      FittedPrompt prompt = fitted.get(i);
      all.add(
          task().scoring() instanceof ScoringMethod.Greedy greedy
              ? rule.answer(prompt, text(answers.get(i)), greedy.containment())
              : rule.match(
                  prompt,
                  answers.get(i),
                  text(answers.get(i)),
                  builder.choices(prompt.row()).getFirst(),
                  logLikelihoods.get(i)));
      metrics.add(all.getLast(), false, false);
    }
    return result(metrics, all, manifest);
  }

  /** Returns the text of ids, without those that the vocabulary pads itself with. */
  private String text(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).filter(id -> id < tokenizer.vocabSize()).toArray());
  }

  private EvaluationResult result(
      Metrics metrics, List<Prediction> predictions, ObjectNode manifest) {
    List<String> notes = new ArrayList<>(task().notes());
    notes.addAll(plan.notes());
    notes.addAll(encoder.notes(new PromptBuilder(task().format()).choices(plan.rows().getFirst())));
    notes.addAll(notes());
    return new EvaluationResult(
        task(), options(), metrics.counts(), setting(), notes, predictions, manifest);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (shots < plan.shots()) {
      notes.add(
          "shots: %d instead of %d, because the model's context is %d tokens"
              .formatted(shots, plan.shots(), context));
    }
    long truncated = fitted.stream().filter(FittedPrompt::truncated).count();
    if (truncated > 0) {
      notes.add(
          "%d of %d prompts were longer than the context and lost their beginning"
              .formatted(truncated, plan.rows().size()));
    }
    return notes;
  }

  /** Returns the common prefix of all untruncated prompts; each keeps at least one id after it. */
  private static int[] sharedPrefix(List<FittedPrompt> fitted) {
    List<int[]> prompts =
        fitted.stream()
            .filter(prompt -> !prompt.truncated())
            .map(prompt -> prompt.prompt().ids())
            .toList();
    if (prompts.isEmpty()) {
      return new int[0];
    }
    int shortest = prompts.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    int[] first = prompts.getFirst();
    return Arrays.copyOf(first, TokenIds.commonPrefix(first, prompts, shortest - 1));
  }
}
