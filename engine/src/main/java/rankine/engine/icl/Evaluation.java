package rankine.engine.icl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import rankine.common.TaskException;
import rankine.engine.icl.PromptFitting.Fitted;
import rankine.engine.icl.PromptFitting.Item;
import rankine.tokenizer.Tokenizer;

/**
 * The examples of a task, encoded for one tokenizer and context, ready to be put to any number of
 * models: what is asked does not depend on the weights.
 */
public final class Evaluation {

  /** The most examples in one forward batch. */
  static final int BATCH_QUERIES = 32;

  /** A batch is closed once it has so many ids beyond the shared prefix. */
  static final int BATCH_TOKENS = 1024;

  private final ExamplePlan plan;
  private final PromptEncoder encoder;
  private final Tokenizer tokenizer;
  private final Fitted fitted;
  private final int context;
  private final int[] prefix;

  private Evaluation(
      ExamplePlan plan, PromptEncoder encoder, Tokenizer tokenizer, Fitted fitted, int context) {
    this.plan = plan;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.fitted = fitted;
    this.context = context;
    this.prefix = sharedPrefix(fitted.items());
  }

  /**
   * Reads and encodes a task.
   *
   * @param dataDir the folder with the task's data files
   * @param contextLength positions that the models can attend to
   * @throws TaskException for a fault in the data, or shots that do not fit the context
   */
  public static Evaluation prepare(
      Task task, Path dataDir, EvaluationOptions options, Tokenizer tokenizer, int contextLength) {
    ExamplePlan plan = ExamplePlan.of(task, dataDir, options);
    PromptEncoder encoder = new PromptEncoder(tokenizer, task.scoring());
    Fitted fitted = new PromptFitting(plan, encoder, contextLength).fit();
    return new Evaluation(plan, encoder, tokenizer, fitted, contextLength);
  }

  /**
   * Evaluates one model: {@link #prepare}, then {@link #run(LanguageModel, ProgressListener,
   * Consumer)}.
   */
  public static EvaluationResult run(
      Task task,
      Path dataDir,
      EvaluationOptions options,
      Tokenizer tokenizer,
      Scorer model,
      ProgressListener progress,
      Consumer<Prediction> predictions) {
    return prepare(task, dataDir, options, tokenizer, model.contextLength())
        .run(model, progress, predictions);
  }

  /**
   * Examples that begin with the same ids.
   *
   * @param prefix computed once for all of them; may be empty
   * @param queries one an example, in the order of the data file
   */
  @SuppressWarnings("ArrayRecordComponent") // Ids go straight to the device and are never compared.
  public record Questions(int[] prefix, List<Scorer.Query> queries) {}

  /**
   * All that is asked, where log-likelihoods answer it; empty where a model has to write an answer.
   * A prompt that was cut on the left shares nothing: those come second, in order, if there are
   * any.
   */
  public List<Questions> questions() {
    return switch (plan.task().scoring()) {
      case ScoringMethod.Greedy _ -> List.of();
      case ScoringMethod.Likelihood _, ScoringMethod.FirstToken _ -> {
        List<Questions> groups = new ArrayList<>();
        for (boolean truncated : new boolean[] {false, true}) {
          int[] shared = truncated ? new int[0] : prefix;
          List<Scorer.Query> queries =
              fitted.items().stream()
                  .filter(item -> item.truncated() == truncated)
                  .map(item -> query(item, shared.length))
                  .toList();
          if (!queries.isEmpty()) {
            groups.add(new Questions(shared, queries));
          }
        }
        yield groups;
      }
    };
  }

  /**
   * The result of log-likelihoods found elsewhere.
   *
   * @param scores as {@link #questions}: for each group, for each query, one number a continuation
   * @param predictions gets one prediction an example, in the order of the data file
   * @throws TaskException if a score is not a number
   */
  public EvaluationResult judge(List<List<double[]>> scores, Consumer<Prediction> predictions) {
    Asking asking = new Asking(predictions);
    List<Iterator<double[]>> groups = scores.stream().map(List::iterator).toList();
    boolean anyWhole = fitted.truncated() < fitted.items().size();
    for (Item item : fitted.items()) {
      int group = item.truncated() && anyWhole ? 1 : 0;
      asking.score(item, groups.get(group).next());
    }
    return result(asking);
  }

  /**
   * Asks {@code model}.
   *
   * <p>The ids that all prompts share are prefilled once. A prompt that was cut on the left shares
   * nothing, and is run on its own.
   *
   * @param progress hears of every batch
   * @param predictions gets one prediction an example, in the order of the data file
   * @throws TaskException for a model whose scores are not numbers
   */
  public EvaluationResult run(
      Scorer model, ProgressListener progress, Consumer<Prediction> predictions) {
    Asking asking = new Asking(predictions);
    try (Scorer.Prefix prefilled = model.prefill(prefix)) {
      if (fitted.truncated() == 0 || prefix.length == 0) {
        askAll(asking, model, prefilled, prefilled, progress);
      } else {
        try (Scorer.Prefix none = model.prefill(new int[0])) {
          askAll(asking, model, prefilled, none, progress);
        }
      }
    }
    return result(asking);
  }

  private EvaluationResult result(Asking asking) {
    List<DataRow> shown = plan.demonstrations(fitted.shots());
    List<String> notes = new ArrayList<>(plan.task().notes());
    notes.addAll(plan.notes());
    notes.addAll(
        encoder.notes(new PromptBuilder(plan.task().format()).choices(plan.rows().getFirst())));
    notes.addAll(notes());
    return new EvaluationResult(
        plan.task(),
        plan.options(),
        asking.tally.counts(),
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
          "shots: %d instead of %d, for the model's context is %d tokens"
              .formatted(fitted.shots(), plan.shots(), context));
    }
    if (fitted.truncated() > 0) {
      notes.add(
          "%d of %d prompts were longer than the context and lost their beginning"
              .formatted(fitted.truncated(), plan.rows().size()));
    }
    return notes;
  }

  /** The ids that all whole prompts begin with, each keeping one of its own. */
  private static int[] sharedPrefix(List<Item> items) {
    List<int[]> prompts =
        items.stream().filter(item -> !item.truncated()).map(item -> item.ids().prompt()).toList();
    if (prompts.isEmpty()) {
      return new int[0];
    }
    int shortest = prompts.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    int[] first = prompts.getFirst();
    return Arrays.copyOf(first, TokenIds.commonPrefix(first, prompts, shortest - 1));
  }

  private static Scorer.Query query(Item item, int prefix) {
    return new Scorer.Query(TokenIds.from(item.ids().prompt(), prefix), item.ids().continuations());
  }

  private void askAll(
      Asking asking,
      Scorer model,
      Scorer.Prefix whole,
      Scorer.Prefix none,
      ProgressListener progress) {
    List<Item> items = fitted.items();
    int done = 0;
    while (done < items.size()) {
      Scorer.Prefix shared = items.get(done).truncated() ? none : whole;
      List<Item> batch = batch(items, done, shared.length());
      switch (plan.task().scoring()) {
        case ScoringMethod.Likelihood _, ScoringMethod.FirstToken _ -> {
          List<double[]> scores =
              model.logLikelihoods(
                  shared, batch.stream().map(item -> query(item, shared.length())).toList());
          for (int i = 0; i < batch.size(); i++) {
            asking.score(batch.get(i), scores.get(i));
          }
        }
        case ScoringMethod.Greedy greedy ->
            batch.forEach(item -> asking.answer(item, model, shared, greedy));
      }
      done += batch.size();
      progress.progress(done, items.size());
    }
  }

  /** The next items that share a prefix, as many as a batch holds, at least one. */
  private List<Item> batch(List<Item> items, int from, int shared) {
    int most = plan.task().scoring() instanceof ScoringMethod.Greedy ? 1 : BATCH_QUERIES;
    int tokens = 0;
    int to = from;
    while (to < items.size()
        && to - from < most
        && tokens < BATCH_TOKENS
        && items.get(to).truncated() == items.get(from).truncated()) {
      EncodedExample ids = items.get(to++).ids();
      tokens += ids.prompt().length - shared;
      tokens += ids.continuations().stream().mapToInt(continuation -> continuation.length).sum();
    }
    return items.subList(from, to);
  }

  /** One model's answers as they come. */
  private final class Asking {
    private final Consumer<Prediction> predictions;
    private final PredictionRule judge = new PredictionRule(plan.task(), plan.options().part());
    private final Metrics tally = new Metrics(plan.task());

    Asking(Consumer<Prediction> predictions) {
      this.predictions = predictions;
    }

    void score(Item item, double[] scores) {
      Prediction prediction = judge.choose(item, scores);
      tally.add(prediction, PredictionRule.perTokenCorrect(item, scores));
      predictions.accept(prediction);
    }

    void answer(Item item, Scorer model, Scorer.Prefix shared, ScoringMethod.Greedy greedy) {
      int[] prompt = TokenIds.from(item.ids().prompt(), shared.length());
      int[] ids = model.greedy(shared, prompt, greedy.maxTokens(), this::endsAnswer);
      Prediction prediction = judge.answer(item, tokenizer.decode(ids), greedy.containment());
      tally.add(prediction, false);
      predictions.accept(prediction);
    }

    /** A line break, a special token, or an id that pads the model's vocabulary and has no text. */
    private boolean endsAnswer(int id) {
      return id >= tokenizer.vocabSize()
          || tokenizer.isSpecial(id)
          || tokenizer.decode(new int[] {id}).indexOf('\n') >= 0;
    }
  }
}
