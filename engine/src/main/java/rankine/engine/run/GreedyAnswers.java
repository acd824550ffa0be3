package rankine.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Session;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.TokenSpan;
import rankine.engine.replay.TokenTree;
import rankine.kernels.KvCache;

/** Decodes the greedy answer to every prompt. */
final class GreedyAnswers {
  private final LoadedModel model;
  private final PromptBatch batch;
  private final IntPredicate end;
  private final ProgressListener progress;

  private GreedyAnswers(LoadedModel model, PromptBatch batch, ProgressListener progress) {
    this.model = model;
    this.batch = batch;
    this.end = id -> TaskPrompts.endsAnswer(model.tokenizer(), id);
    this.progress = progress;
  }

  /** Returns the ids of each answer, without what ends it. */
  static List<int[]> of(LoadedModel model, PromptBatch batch, ProgressListener progress) {
    GreedyAnswers answers = new GreedyAnswers(model, batch, progress);
    return model.model().forLongSequences().isPresent()
        ? answers.oneByOne()
        : answers.afterSharedPrefix();
  }

  /** The prefix that prompts share runs once. */
  private List<int[]> afterSharedPrefix() {
    TokenTree tree = batch.tree();
    List<int[]> answers = new ArrayList<>();
    try (Session session = model.session();
        KvCache prefix = session.sequence()) {
      session.append(prefix, tree.prefixIds());
      while (answers.size() < tree.prompts()) {
        TokenSpan prompt = tree.span(answers.size());
        try (KvCache cache =
            prompt.parent() == TokenSpan.NONE ? session.sequence() : prefix.fork()) {
          answers.add(
              answer(answers.size(), new GrowingSequence.Within(session, cache), prompt.ids()));
        }
        progress.progress(answers.size(), tree.prompts());
      }
    }
    return answers;
  }

  /** A text whose length decides its rotary frequencies shares nothing with the others. */
  private List<int[]> oneByOne() {
    List<int[]> answers = new ArrayList<>();
    for (Prompt prompt : batch.prompts()) {
      try (GrowingSequence.Whole sequence = new GrowingSequence.Whole(model)) {
        answers.add(answer(answers.size(), sequence, prompt.ids()));
      }
      progress.progress(answers.size(), batch.prompts().size());
    }
    return answers;
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
