package rankine.engine.perplexity;

import java.util.List;
import java.util.function.ObjDoubleConsumer;
import rankine.common.ModelException;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/**
 * Scores windows in order, several short ones in a batch. Windows at different places share
 * nothing: a token's keys and values depend on its position and on all before it in its window.
 */
final class WindowScorer {
  /**
   * Tokens whose keys and values are in memory at once, unless one window has more: four batches of
   * 512. A window of a model with 7 billion parameters takes half a megabyte a token.
   */
  private static final int GROUP_TOKENS = 2048;

  /** Scores the prompts of a group, each with one continuation. */
  @FunctionalInterface
  interface GroupScorer {
    /** Returns the log-likelihoods; {@code from} is the group's first window. */
    List<double[]> scores(int from, List<Prompt> prompts);
  }

  private final int[] ids;
  private final GroupScorer scorer;

  WindowScorer(int[] ids, GroupScorer scorer) {
    this.ids = ids;
    this.scorer = scorer;
  }

  /** Returns a scorer under one model, which keeps nothing. */
  static GroupScorer of(LoadedModel loaded) {
    return (from, prompts) -> {
      try (LengthScorer scorer =
          new LengthScorer(
              loaded.model(),
              loaded.backend().backend(),
              PromptBatch.of(prompts),
              new ActivationBudget(Evaluator.ACTIVATION_BYTES))) {
        return scorer.scores(loaded.model(), ProgressListener.NONE);
      }
    };
  }

  /**
   * Scores all windows.
   *
   * @param each receives every window and its negative log-likelihood, natural logarithm, summed in
   *     float64 over the scored tokens
   * @throws ModelException for a window whose likelihood is not a finite number, or that is longer
   *     than the model's context
   */
  void score(
      List<TextWindow> windows, ObjDoubleConsumer<TextWindow> each, ProgressListener progress) {
    int from = 0;
    while (from < windows.size()) {
      int to = from;
      int tokens = 0;
      do {
        tokens += windows.get(to).end() - windows.get(to).start();
        to++;
      } while (to < windows.size()
          && tokens + windows.get(to).end() - windows.get(to).start() <= GROUP_TOKENS);
      List<TextWindow> group = windows.subList(from, to);
      List<double[]> scores =
          scorer.scores(from, group.stream().map(window -> window.prompt(ids)).toList());
      for (int i = 0; i < group.size(); i++) {
        double likelihood = scores.get(i)[0];
        if (!Double.isFinite(likelihood)) {
          throw new ModelException(
              "window %d (%s): expected a finite log-likelihood, found %s"
                  .formatted(from + i, group.get(i), likelihood));
        }
        each.accept(group.get(i), -likelihood);
      }
      from = to;
      progress.progress(from, windows.size());
    }
  }
}
