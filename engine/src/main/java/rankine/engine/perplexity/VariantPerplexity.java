package rankine.engine.perplexity;

import java.util.List;
import java.util.function.ObjDoubleConsumer;
import rankine.common.io.TextFile;
import rankine.engine.edit.Edit;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.VariantScorers;

/**
 * Measures variants (edits) of one model on texts: the operations before the first edited one run
 * once for all variants there or later ({@link VariantScorers}). The results are bit-identical to
 * those of {@link Perplexity#of}. Where the first linear layer is edited, nothing is kept.
 */
public final class VariantPerplexity implements AutoCloseable {
  /**
   * The windows of a text that are scored together.
   *
   * @param from the first of them
   */
  private record GroupKey(String sha256, WindowProtocol protocol, int from) {}

  private final VariantScorers<GroupKey> scorers;

  /**
   * Starts without activations.
   *
   * @param expected as in {@link VariantScorers#VariantScorers}
   * @param budget of the memory for activations, which others may share
   */
  public VariantPerplexity(LoadedModel loaded, List<Edit> expected, ActivationBudget budget) {
    this.scorers = new VariantScorers<>(loaded, expected, budget);
  }

  /**
   * Measures the perplexity of a variant, as {@link Perplexity#of} does.
   *
   * @param variant {@link LoadedModel#edited} of this object's model
   */
  public Perplexity of(
      LoadedModel variant,
      TextFile text,
      WindowProtocol protocol,
      long seed,
      ObjDoubleConsumer<TextWindow> each,
      ProgressListener progress) {
    WindowScorer.GroupScorer scorer =
        scorers.isShared(variant)
            ? (from, prompts) ->
                scorers.scores(
                    variant,
                    new GroupKey(text.sha256(), protocol, from),
                    PromptBatch.of(prompts),
                    ProgressListener.NONE)
            : WindowScorer.of(variant);
    return Perplexity.of(variant, text, protocol, seed, each, progress, scorer);
  }

  @Override
  public void close() {
    scorers.close();
  }
}
