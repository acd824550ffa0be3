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
  private final GenerationConfig config;
  private final IntPredicate end;
  private final ProgressListener progress;

  private GreedyAnswers(LoadedModel model, PromptBatch batch, ProgressListener progress) {
    this.model = model;
    this.batch = batch;
    this.config = new GenerationConfig(batch.answerTokens(), 0, 0);
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
          answers.add(answer(new GrowingSequence.Within(session, cache), prompt.ids()));
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
        answers.add(answer(sequence, prompt.ids()));
      }
      progress.progress(answers.size(), batch.prompts().size());
    }
    return answers;
  }

  private int[] answer(GrowingSequence sequence, int[] prompt) {
    return config.run(sequence, prompt, end, _ -> true);
  }
}
