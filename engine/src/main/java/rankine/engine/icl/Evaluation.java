package rankine.engine.icl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import rankine.engine.icl.ContextFit.Fitted;
import rankine.engine.icl.ContextFit.Item;
import rankine.tokenizer.Tokenizer;

/** Asks a language model every example of a task, and counts what it gets right. */
public final class Evaluation {

  /** The most examples in one forward batch. */
  static final int BATCH_QUERIES = 32;

  /** A batch is closed once it has so many ids beyond the shared prefix. */
  static final int BATCH_TOKENS = 1024;

  private final Task task;
  private final Tokenizer tokenizer;
  private final LanguageModel model;
  private final ProgressListener progress;
  private final Consumer<Prediction> predictions;
  private final Judge judge;
  private final Tally tally;

  private Evaluation(
      Task task,
      Part part,
      Tokenizer tokenizer,
      LanguageModel model,
      ProgressListener progress,
      Consumer<Prediction> predictions) {
    this.task = task;
    this.tokenizer = tokenizer;
    this.model = model;
    this.progress = progress;
    this.predictions = predictions;
    this.judge = new Judge(task, part);
    this.tally = new Tally(task);
  }

  /**
   * Evaluates {@code model} on a task.
   *
   * <p>The ids that all prompts share are prefilled once. A prompt that was cut on the left shares
   * nothing, and is run on its own.
   *
   * @param dataDir the folder with the task's data files
   * @param progress hears of every batch
   * @param predictions gets one prediction an example, in the order of the data file
   * @throws IclException for a fault in the data, shots that do not fit the model's context, or a
   *     model whose scores are not numbers
   */
  public static EvaluationResult run(
      Task task,
      Path dataDir,
      EvaluationOptions options,
      Tokenizer tokenizer,
      LanguageModel model,
      ProgressListener progress,
      Consumer<Prediction> predictions) {
    Plan plan = Plan.of(task, dataDir, options);
    Encoder encoder = new Encoder(tokenizer, task.scoring());
    Fitted fitted = new ContextFit(plan, encoder, model.contextLength()).fit();
    Evaluation evaluation =
        new Evaluation(task, options.part(), tokenizer, model, progress, predictions);
    int prefix = evaluation.ask(fitted.items());

    List<DataRow> shown = plan.demonstrations(fitted.shots());
    List<String> notes = new ArrayList<>(task.notes());
    notes.addAll(plan.notes());
    notes.addAll(encoder.notes(new PromptBuilder(task.format()).choices(plan.rows().getFirst())));
    notes.addAll(notes(plan, fitted, model.contextLength()));
    return new EvaluationResult(
        task,
        options,
        evaluation.tally.counts(),
        new EvaluationResult.Setting(
            plan.shots(),
            fitted.shots(),
            shown.stream()
                .map(row -> new EvaluationResult.Place(row.split().label(), row.index()))
                .toList(),
            encoder.bosPolicy(),
            prefix),
        notes);
  }

  private static List<String> notes(Plan plan, Fitted fitted, int context) {
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

  /** Asks everything, and returns the length of the shared prefix. */
  private int ask(List<Item> items) {
    int shared = sharedPrefix(items);
    int[] ids =
        items.stream()
            .filter(item -> !item.truncated())
            .findFirst()
            .map(item -> Arrays.copyOf(item.ids().prompt(), shared))
            .orElse(new int[0]);
    try (LanguageModel.Prefix prefix = model.prefill(ids)) {
      if (items.stream().noneMatch(Item::truncated) || shared == 0) {
        askAll(items, prefix, prefix);
      } else {
        try (LanguageModel.Prefix none = model.prefill(new int[0])) {
          askAll(items, prefix, none);
        }
      }
    }
    return shared;
  }

  /** How many ids all whole prompts begin with, each keeping one of its own. */
  private static int sharedPrefix(List<Item> items) {
    List<int[]> prompts =
        items.stream().filter(item -> !item.truncated()).map(item -> item.ids().prompt()).toList();
    if (prompts.isEmpty()) {
      return 0;
    }
    int shortest = prompts.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    return Ids.commonPrefix(prompts.getFirst(), prompts, shortest - 1);
  }

  private void askAll(List<Item> items, LanguageModel.Prefix whole, LanguageModel.Prefix none) {
    int done = 0;
    while (done < items.size()) {
      LanguageModel.Prefix prefix = items.get(done).truncated() ? none : whole;
      List<Item> batch = batch(items, done, prefix.length());
      switch (task.scoring()) {
        case Scoring.Likelihood _, Scoring.FirstToken _ -> score(batch, prefix);
        case Scoring.Greedy greedy -> batch.forEach(item -> answer(item, prefix, greedy));
      }
      done += batch.size();
      progress.progress(done, items.size());
    }
  }

  /** The next items that share a prefix, as many as a batch holds, at least one. */
  private List<Item> batch(List<Item> items, int from, int prefix) {
    int most = task.scoring() instanceof Scoring.Greedy ? 1 : BATCH_QUERIES;
    int tokens = 0;
    int to = from;
    while (to < items.size()
        && to - from < most
        && tokens < BATCH_TOKENS
        && items.get(to).truncated() == items.get(from).truncated()) {
      EncodedExample ids = items.get(to++).ids();
      tokens += ids.prompt().length - prefix;
      tokens += ids.continuations().stream().mapToInt(continuation -> continuation.length).sum();
    }
    return items.subList(from, to);
  }

  private void score(List<Item> batch, LanguageModel.Prefix prefix) {
    List<LanguageModel.Query> queries =
        batch.stream()
            .map(
                item ->
                    new LanguageModel.Query(
                        Ids.from(item.ids().prompt(), prefix.length()), item.ids().continuations()))
            .toList();
    List<double[]> scores = model.logLikelihoods(prefix, queries);
    for (int i = 0; i < batch.size(); i++) {
      Item item = batch.get(i);
      Prediction prediction = judge.choose(item, scores.get(i));
      tally.add(prediction, Judge.perTokenCorrect(item, scores.get(i)));
      predictions.accept(prediction);
    }
  }

  private void answer(Item item, LanguageModel.Prefix prefix, Scoring.Greedy greedy) {
    int[] prompt = Ids.from(item.ids().prompt(), prefix.length());
    int[] ids = model.greedy(prefix, prompt, greedy.maxTokens(), this::endsAnswer);
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
