package rankine.engine.icl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import rankine.common.TaskException;
import rankine.engine.icl.PromptFitting.FittedPrompt;
import rankine.engine.icl.PromptFitting.FittedPrompts;
import rankine.tokenizer.Tokenizer;

/**
 * The examples of a task, encoded for one tokenizer and context length. They do not depend on the
 * weights, so one object evaluates any number of variants of a model.
 */
public final class Evaluation {

  /** Most examples in one batch. */
  static final int BATCH_QUERIES = 32;

  /** A batch takes no more examples once it has this many ids after the shared prefix. */
  static final int BATCH_TOKENS = 1024;

  private final ExamplePlan plan;
  private final PromptEncoder encoder;
  private final Tokenizer tokenizer;
  private final FittedPrompts fitted;
  private final int context;
  private final int[] prefix;

  private Evaluation(
      ExamplePlan plan,
      PromptEncoder encoder,
      Tokenizer tokenizer,
      FittedPrompts fitted,
      int context) {
    this.plan = plan;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.fitted = fitted;
    this.context = context;
    this.prefix = sharedPrefix(fitted.prompts());
  }

  /**
   * Reads and encodes a task's examples.
   *
   * @param dataDir the folder with the task's data files
   * @param contextLength of the models
   * @throws TaskException for a fault in the data, or shots that do not fit the context
   */
  public static Evaluation prepare(
      Task task, Path dataDir, EvaluationOptions options, Tokenizer tokenizer, int contextLength) {
    ExamplePlan plan = ExamplePlan.of(task, dataDir, options);
    PromptEncoder encoder = new PromptEncoder(tokenizer, task.scoring());
    FittedPrompts fitted = new PromptFitting(plan, encoder, contextLength).fit();
    return new Evaluation(plan, encoder, tokenizer, fitted, contextLength);
  }

  /**
   * Evaluates one model: {@link #prepare}, then {@link #run(Scorer, ProgressListener, Consumer)}.
   */
  public static EvaluationResult run(
      Task task,
      Path dataDir,
      EvaluationOptions options,
      Tokenizer tokenizer,
      Scorer scorer,
      ProgressListener progress,
      Consumer<Prediction> predictions) {
    return prepare(task, dataDir, options, tokenizer, scorer.contextLength())
        .run(scorer, progress, predictions);
  }

  /**
   * The queries of examples whose prompts share a prefix.
   *
   * @param prefix ids at the start of every prompt, prefilled once; may be empty
   * @param queries one per example, in the order of the data file
   */
  @SuppressWarnings("ArrayRecordComponent") // Ids go straight to the device and are never compared.
  public record QueryGroup(int[] prefix, List<Scorer.Query> queries) {}

  /**
   * Returns the queries of a task scored by log-likelihood; empty for a generative task. The first
   * group holds the prompts with the shared prefix, the second the left-truncated prompts, which
   * share none. A group without queries is absent.
   */
  public List<QueryGroup> queryGroups() {
    return switch (plan.task().scoring()) {
      case ScoringMethod.Greedy _ -> List.of();
      case ScoringMethod.Likelihood _, ScoringMethod.FirstToken _ -> {
        List<QueryGroup> groups = new ArrayList<>();
        for (boolean truncated : new boolean[] {false, true}) {
          int[] shared = truncated ? new int[0] : prefix;
          List<Scorer.Query> queries =
              fitted.prompts().stream()
                  .filter(prompt -> prompt.truncated() == truncated)
                  .map(prompt -> query(prompt, shared.length))
                  .toList();
          if (!queries.isEmpty()) {
            groups.add(new QueryGroup(shared, queries));
          }
        }
        yield groups;
      }
    };
  }

  /**
   * Computes the result from the log-likelihoods of {@link #queryGroups}.
   *
   * @param scores for each group, for each query, one log-likelihood per continuation
   * @param predictions receives one prediction per example, in the order of the data file
   * @throws TaskException if a score is NaN
   */
  public EvaluationResult resultOf(List<List<double[]>> scores, Consumer<Prediction> predictions) {
    PredictionCollector collector = new PredictionCollector(predictions);
    List<Iterator<double[]>> groups = scores.stream().map(List::iterator).toList();
    boolean anyWhole = fitted.truncated() < fitted.prompts().size();
    for (FittedPrompt prompt : fitted.prompts()) {
      int group = prompt.truncated() && anyWhole ? 1 : 0;
      collector.score(prompt, groups.get(group).next());
    }
    return result(collector);
  }

  /**
   * Evaluates the model that {@code scorer} runs.
   *
   * <p>Prefills the shared prefix once. A left-truncated prompt shares no prefix and runs whole.
   *
   * @param progress called after every batch
   * @param predictions receives one prediction per example, in the order of the data file
   * @throws TaskException if a score is NaN
   */
  public EvaluationResult run(
      Scorer scorer, ProgressListener progress, Consumer<Prediction> predictions) {
    PredictionCollector collector = new PredictionCollector(predictions);
    try (Scorer.Prefix prefilled = scorer.prefill(prefix)) {
      if (fitted.truncated() == 0 || prefix.length == 0) {
        runBatches(collector, scorer, prefilled, prefilled, progress);
      } else {
        try (Scorer.Prefix none = scorer.prefill(new int[0])) {
          runBatches(collector, scorer, prefilled, none, progress);
        }
      }
    }
    return result(collector);
  }

  private EvaluationResult result(PredictionCollector collector) {
    List<DataRow> shown = plan.demonstrations(fitted.shots());
    List<String> notes = new ArrayList<>(plan.task().notes());
    notes.addAll(plan.notes());
    notes.addAll(
        encoder.notes(new PromptBuilder(plan.task().format()).choices(plan.rows().getFirst())));
    notes.addAll(notes());
    return new EvaluationResult(
        plan.task(),
        plan.options(),
        collector.metrics.counts(),
        new EvaluationResult.Setting(
            plan.shots(),
            fitted.shots(),
            shown.stream()
                .map(row -> new EvaluationResult.RowLocation(row.split().label(), row.index()))
                .toList(),
            encoder.bosPolicy(),
            prefix.length),
        notes);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (fitted.shots() < plan.shots()) {
      notes.add(
          "shots: %d instead of %d, because the model's context is %d tokens"
              .formatted(fitted.shots(), plan.shots(), context));
    }
    if (fitted.truncated() > 0) {
      notes.add(
          "%d of %d prompts were longer than the context and lost their beginning"
              .formatted(fitted.truncated(), plan.rows().size()));
    }
    return notes;
  }

  /** Returns the common prefix of all untruncated prompts; each keeps at least one id after it. */
  private static int[] sharedPrefix(List<FittedPrompt> fitted) {
    List<int[]> prompts =
        fitted.stream()
            .filter(prompt -> !prompt.truncated())
            .map(prompt -> prompt.encoded().prompt())
            .toList();
    if (prompts.isEmpty()) {
      return new int[0];
    }
    int shortest = prompts.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    int[] first = prompts.getFirst();
    return Arrays.copyOf(first, TokenIds.commonPrefix(first, prompts, shortest - 1));
  }

  private static Scorer.Query query(FittedPrompt prompt, int prefix) {
    return new Scorer.Query(
        TokenIds.suffix(prompt.encoded().prompt(), prefix), prompt.encoded().continuations());
  }

  private void runBatches(
      PredictionCollector collector,
      Scorer scorer,
      Scorer.Prefix whole,
      Scorer.Prefix none,
      ProgressListener progress) {
    List<FittedPrompt> prompts = fitted.prompts();
    int done = 0;
    while (done < prompts.size()) {
      Scorer.Prefix shared = prompts.get(done).truncated() ? none : whole;
      List<FittedPrompt> batch = batch(prompts, done, shared.length());
      switch (plan.task().scoring()) {
        case ScoringMethod.Likelihood _, ScoringMethod.FirstToken _ -> {
          List<double[]> scores =
              scorer.logLikelihoods(
                  shared, batch.stream().map(prompt -> query(prompt, shared.length())).toList());
          for (int i = 0; i < batch.size(); i++) {
            collector.score(batch.get(i), scores.get(i));
          }
        }
        case ScoringMethod.Greedy greedy ->
            batch.forEach(prompt -> collector.answer(prompt, scorer, shared, greedy));
      }
      done += batch.size();
      progress.progress(done, prompts.size());
    }
  }

  /** Returns the next prompts with the same prefix, up to the limits of a batch, at least one. */
  private List<FittedPrompt> batch(List<FittedPrompt> prompts, int from, int shared) {
    int maxQueries = plan.task().scoring() instanceof ScoringMethod.Greedy ? 1 : BATCH_QUERIES;
    int tokens = 0;
    int to = from;
    while (to < prompts.size()
        && to - from < maxQueries
        && tokens < BATCH_TOKENS
        && prompts.get(to).truncated() == prompts.get(from).truncated()) {
      EncodedExample encoded = prompts.get(to++).encoded();
      tokens += encoded.prompt().length - shared;
      tokens +=
          encoded.continuations().stream().mapToInt(continuation -> continuation.length).sum();
    }
    return prompts.subList(from, to);
  }

  /** Turns the scores and answers of one model into predictions and metrics. */
  private final class PredictionCollector {
    private final Consumer<Prediction> predictions;
    private final PredictionRule rule = new PredictionRule(plan.task(), plan.options().part());
    private final Metrics metrics = new Metrics(plan.task());

    PredictionCollector(Consumer<Prediction> predictions) {
      this.predictions = predictions;
    }

    void score(FittedPrompt prompt, double[] scores) {
      Prediction prediction = rule.choose(prompt, scores);
      metrics.add(prediction, PredictionRule.perTokenCorrect(prompt, scores));
      predictions.accept(prediction);
    }

    void answer(
        FittedPrompt prompt, Scorer scorer, Scorer.Prefix shared, ScoringMethod.Greedy greedy) {
      int[] promptIds = TokenIds.suffix(prompt.encoded().prompt(), shared.length());
      int[] ids = scorer.greedy(shared, promptIds, greedy.maxTokens(), this::endsAnswer);
      Prediction prediction = rule.answer(prompt, tokenizer.decode(ids), greedy.containment());
      metrics.add(prediction, false);
      predictions.accept(prediction);
    }

    /** Stops at a line break, a special token, or a padding id of the vocabulary without text. */
    private boolean endsAnswer(int id) {
      return id >= tokenizer.vocabSize()
          || tokenizer.isSpecial(id)
          || tokenizer.decode(new int[] {id}).indexOf('\n') >= 0;
    }
  }
}
