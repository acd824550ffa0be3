package rankine.engine.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import rankine.common.TaskException;
import rankine.common.io.JsonLinesWriter;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.TokenSpan;
import rankine.engine.replay.TokenTree;
import rankine.kernels.KvCache;

/**
 * Evaluates one model ({@link #once}), or many variants (edits) of one: then it reads and encodes a
 * task's examples once, and runs the operations before the first edited one once for all edits
 * there or later ({@link VariantScorers}). The results are bit-identical.
 *
 * <p>Any order of edits gives the same results. Ascending {@link #firstChangedOp} is the fastest:
 * an edit before its predecessor starts again from the embedding.
 *
 * <p>A generative task shares its encoded examples only: each variant decodes its own answers.
 */
public final class Evaluator implements AutoCloseable {
  /** Bytes of activations kept in memory; the rest spills to memory-mapped temporary files. */
  public static final long ACTIVATION_BYTES = 1L << 30;

  private final LoadedModel loaded;
  private final Map<EvaluationRequest, TaskPrompts> prompts = new HashMap<>();
  private final VariantScorers<EvaluationRequest> scorers;

  /**
   * Creates an evaluator for edits of {@code loaded}'s original weights.
   *
   * @param expected edits to come: an evaluation of the unedited model keeps its activations at the
   *     first operation that any of them changes, so that later variants start there
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public Evaluator(LoadedModel loaded, List<Edit> expected) {
    this(loaded, expected, new ActivationBudget(ACTIVATION_BYTES));
  }

  /**
   * As {@link #Evaluator(LoadedModel, List)}.
   *
   * @param budget of the memory for activations, which others may share
   */
  public Evaluator(LoadedModel loaded, List<Edit> expected, ActivationBudget budget) {
    this.loaded = loaded;
    this.scorers = new VariantScorers<>(loaded, expected, budget);
  }

  /**
   * Returns the index in the program of the first operation that {@code edits} change. Evaluations
   * in ascending order share the most.
   */
  public int firstChangedOp(List<Edit> edits) {
    return scorers.firstChangedOp(edits);
  }

  /**
   * Evaluates one model, with the edits that it has.
   *
   * @param predictions the file that receives one JSON line per example; it appears only when it is
   *     complete
   * @throws TaskException for a fault in the data, or a score that is NaN
   */
  public static EvaluationResult once(
      LoadedModel loaded,
      EvaluationRequest request,
      Optional<Path> predictions,
      ProgressListener progress) {
    if (predictions.isEmpty()) {
      return once(loaded, request, progress, prediction -> {});
    }
    try (JsonLinesWriter writer = JsonLinesWriter.open(predictions.get(), TaskException::new)) {
      EvaluationResult result =
          once(
              loaded,
              request.prompts(loaded),
              progress,
              prediction -> writer.write(prediction.toJson()));
      loaded.checkpoint().checkUnchanged();
      writer.commit();
      return result;
    }
  }

  /**
   * Evaluates one model, with the edits that it has.
   *
   * @param each receives every prediction, in data order
   * @throws TaskException for a fault in the data, or a score that is NaN
   */
  public static EvaluationResult once(
      LoadedModel loaded,
      EvaluationRequest request,
      ProgressListener progress,
      Consumer<Prediction> each) {
    return once(loaded, request.prompts(loaded), progress, each);
  }

  /**
   * Evaluates one model on prompts encoded before.
   *
   * @param each receives every prediction, in data order
   */
  public static EvaluationResult once(
      LoadedModel loaded,
      TaskPrompts prompts,
      ProgressListener progress,
      Consumer<Prediction> each) {
    requireMemory(loaded, prompts);
    return measured(loaded, prompts, progress, each).withNotes(notes(loaded));
  }

  private static EvaluationResult measured(
      LoadedModel loaded,
      TaskPrompts prompts,
      ProgressListener progress,
      Consumer<Prediction> each) {
    if (prompts.answerTokens().isPresent()) {
      return answered(loaded, prompts, progress, each);
    }
    Model model = loaded.model();
    try (LengthScorer scorer =
        new LengthScorer(
            model,
            loaded.backend().backend(),
            prompts.tree(),
            new ActivationBudget(ACTIVATION_BYTES))) {
      return prompts.scored(scorer.scores(model, progress), Manifest.of(loaded, prompts), each);
    }
  }

  /**
   * Evaluates {@code variant}.
   *
   * @param variant {@link LoadedModel#edited} of this evaluator's model
   * @throws TaskException for a fault in the data, or a score that is NaN
   */
  public EvaluationResult evaluate(
      LoadedModel variant, EvaluationRequest request, ProgressListener progress) {
    TaskPrompts examples = prompts.computeIfAbsent(request, r -> r.prompts(loaded));
    requireMemory(loaded, examples);
    if (examples.answerTokens().isPresent()) {
      return answered(variant, examples, progress, prediction -> {}).withNotes(notes(variant));
    }
    return examples
        .scored(
            scorers.scores(variant, request, examples::tree, progress),
            Manifest.of(variant, examples),
            prediction -> {})
        .withNotes(notes(variant));
  }

  private static List<String> notes(LoadedModel variant) {
    return variant.edits().notes(variant.original());
  }

  /** Refuses prompts of which even the longest does not fit the memory. */
  private static void requireMemory(LoadedModel loaded, TaskPrompts prompts) {
    TokenTree tree = prompts.tree();
    long longest = 0;
    for (int prompt = 0; prompt < tree.prompts(); prompt++) {
      TokenSpan span = tree.span(prompt);
      int before = span.parent() == TokenSpan.NONE ? 0 : tree.prefixIds().length;
      longest = Math.max(longest, (long) before + span.ids().length);
    }
    loaded.requireMemory(longest + prompts.answerTokens().orElse(0), "fewer --shots");
  }

  /** Decodes the greedy answer to every prompt. */
  private static EvaluationResult answered(
      LoadedModel model,
      TaskPrompts prompts,
      ProgressListener progress,
      Consumer<Prediction> each) {
    List<int[]> answers =
        model.model().forLongSequences().isPresent()
            ? oneByOne(model, prompts, progress)
            : afterSharedPrefix(model, prompts, progress);
    return prompts.answered(answers, Manifest.of(model, prompts), each);
  }

  private static int[] answer(TaskPrompts prompts, int index, GrowingSequence sequence, int[] ids) {
    return new GenerationConfig(prompts.answerTokens(index).orElseThrow(), 0, 0)
        .run(sequence, ids, prompts::endsAnswer, id -> true);
  }

  /** The prefix that prompts share runs once. */
  private static List<int[]> afterSharedPrefix(
      LoadedModel model, TaskPrompts prompts, ProgressListener progress) {
    TokenTree tree = prompts.tree();
    List<int[]> answers = new ArrayList<>();
    try (Session session = model.session();
        KvCache prefix = session.sequence()) {
      session.append(prefix, tree.prefixIds());
      while (answers.size() < tree.prompts()) {
        TokenSpan prompt = tree.span(answers.size());
        try (KvCache cache =
            prompt.parent() == TokenSpan.NONE ? session.sequence() : prefix.fork()) {
          GrowingSequence sequence = new GrowingSequence.Within(session, cache);
          answers.add(answer(prompts, answers.size(), sequence, prompt.ids()));
        }
        progress.progress(answers.size(), tree.prompts());
      }
    }
    return answers;
  }

  /** A text whose length decides its rotary frequencies shares nothing with the others. */
  private static List<int[]> oneByOne(
      LoadedModel model, TaskPrompts prompts, ProgressListener progress) {
    List<int[]> answers = new ArrayList<>();
    for (Prompt prompt : prompts.prompts()) {
      try (GrowingSequence.Whole sequence = new GrowingSequence.Whole(model)) {
        answers.add(answer(prompts, answers.size(), sequence, prompt.ids()));
      }
      progress.progress(answers.size(), prompts.prompts().size());
    }
    return answers;
  }

  @Override
  public void close() {
    scorers.close();
    prompts.clear();
  }
}
