package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.replay.TokenSpan;
import rankine.engine.replay.TokenTree;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/** Decodes the greedy answer to every prompt, and scores the continuations that are compared. */
final class GreedyAnswers {
  private static final int[] FIRST_ROW = {0};

  private final LoadedModel model;
  private final PromptBatch batch;
  private final IntPredicate end;
  private final ProgressListener progress;
  private final List<int[]> answers = new ArrayList<>();
  private final List<Double> logLikelihoods = new ArrayList<>();

  private GreedyAnswers(LoadedModel model, PromptBatch batch, ProgressListener progress) {
    this.model = model;
    this.batch = batch;
    this.end = id -> TaskPrompts.endsAnswer(model.tokenizer(), id);
    this.progress = progress;
  }

  /** Returns each answer, without what ends it. */
  static ModelOutput.WrittenAnswers of(
      LoadedModel model, PromptBatch batch, ProgressListener progress) {
    GreedyAnswers run = new GreedyAnswers(model, batch, progress);
    if (model.model().forLongSequences().isPresent()) {
      run.oneByOne();
    } else {
      run.afterSharedPrefix();
    }
    return new ModelOutput.WrittenAnswers(run.answers, run.logLikelihoods);
  }

  /** The prefix that prompts share runs once, and each prompt once for answer and score. */
  private void afterSharedPrefix() {
    TokenTree tree = batch.tree();
    try (Session session = model.session();
        KvCache prefix = session.sequence()) {
      session.append(prefix, tree.prefixIds());
      for (int i = 0; i < tree.prompts(); i++) {
        TokenSpan span = tree.span(i);
        try (KvCache cache = span.parent() == TokenSpan.NONE ? session.sequence() : prefix.fork()) {
          int last = span.ids().length - 1;
          session.append(cache, Arrays.copyOf(span.ids(), last));
          int[] rest = {span.ids()[last]};
          for (int[] continuation : batch.prompts().get(i).continuations()) {
            logLikelihoods.add(logLikelihood(session, cache, rest[0], continuation));
          }
          answers.add(answer(i, new GrowingSequence.Within(session, cache), rest));
        }
        progress.progress(answers.size(), tree.prompts());
      }
    }
  }

  /**
   * Returns the log-likelihood of a continuation; {@code cache} lacks {@code last}, and keeps so.
   */
  private static double logLikelihood(
      Session session, KvCache cache, int last, int[] continuation) {
    double sum = 0;
    try (KvCache fork = cache.fork()) {
      int before = last;
      for (int id : continuation) {
        Batch batch = new Batch(List.of(new Batch.Sequence(fork, new int[] {before})), FIRST_ROW);
        sum += session.logProbabilities(batch, new int[][] {{id}})[0][0];
        before = id;
      }
    }
    return sum;
  }

  /** A text whose length decides its rotary frequencies shares nothing with the others. */
  private void oneByOne() {
    for (int i = 0; i < batch.prompts().size(); i++) {
      try (GrowingSequence.Whole sequence = new GrowingSequence.Whole(model)) {
        answers.add(answer(i, sequence, batch.prompts().get(i).ids()));
      }
      progress.progress(answers.size(), batch.prompts().size());
    }
    if (batch.prompts().stream().noneMatch(prompt -> prompt.continuations().isEmpty())) {
      ActivationBudget budget = new ActivationBudget(Evaluator.ACTIVATION_BYTES);
      try (LengthScorer scorer =
          new LengthScorer(model.model(), model.backend().backend(), batch, budget)) {
        scorer.scores(model.model(), ProgressListener.NONE).forEach(s -> logLikelihoods.add(s[0]));
      }
    }
  }

  /**
   * Writes as many ids as the continuation has that the answer is compared with; else to an end.
   */
  private int[] answer(int prompt, GrowingSequence sequence, int[] ids) {
    List<int[]> compared = batch.prompts().get(prompt).continuations();
    return compared.isEmpty()
        ? new GenerationConfig(batch.answerTokens(), 0, 0).run(sequence, ids, end, _ -> true)
        : new GenerationConfig(compared.getFirst().length, 0, 0)
            .run(sequence, ids, _ -> false, _ -> true);
  }
}
