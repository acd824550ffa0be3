package rankine.engine.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.replay.Scorer;
import rankine.kernels.Op;

/**
 * Scores prompts under variants (edits) of one model: the operations before the first edited one
 * run once for all variants there or later, for each set of prompts.
 *
 * <p>Any order of variants gives the same bits. Ascending {@link #firstChangedOp} is the fastest:
 * an edit before its predecessor starts again from the embedding.
 *
 * @param <K> names a set of prompts
 */
public final class VariantScorers<K> implements AutoCloseable {
  private final LoadedModel loaded;
  private final ActivationBudget budget;
  private final int firstExpectedOp;
  private final Map<K, LengthScorer> scorers = new HashMap<>();

  /**
   * Starts without activations.
   *
   * @param expected edits to come of {@code loaded}'s original weights: a run of the unedited model
   *     keeps its activations at the first operation that any of them changes
   * @param budget of the memory for activations
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public VariantScorers(LoadedModel loaded, List<Edit> expected, ActivationBudget budget) {
    this.loaded = loaded;
    this.budget = budget;
    Set<String> matrices = new HashSet<>();
    for (Edit edit : expected) {
      matrices.addAll(changed(loaded.original(), List.of(edit)));
    }
    this.firstExpectedOp = Scorer.firstUse(loaded.original(), matrices);
  }

  /** Returns the index in the program of the first operation that {@code edits} change. */
  public int firstChangedOp(List<Edit> edits) {
    return Scorer.firstUse(loaded.original(), changed(loaded.original(), edits));
  }

  /** Returns the names of the matrices that edits change. */
  private static Set<String> changed(Model model, List<Edit> edits) {
    Set<String> changed = new HashSet<>();
    EditOverlay.check(model, edits)
        .forEach(
            (matrix, edit) -> {
              if (!edit.isNone()) {
                changed.add(matrix);
              }
            });
    return changed;
  }

  /**
   * Returns the operation up to which {@link #scores} of a variant runs the unedited model and
   * keeps its activations.
   */
  private int keptAt(LoadedModel variant) {
    List<Edit> edits = variant.edits().edits();
    return isUnedited(edits) ? firstExpectedOp : firstChangedOp(edits);
  }

  private boolean isUnedited(List<Edit> edits) {
    return changed(loaded.original(), edits).isEmpty();
  }

  /**
   * Returns whether a variant has linear layers that run unedited before the first edited one; only
   * then is it faster by what is kept.
   */
  public boolean isShared(LoadedModel variant) {
    List<Op> ops = loaded.original().scoringProgram();
    return ops.subList(0, keptAt(variant)).stream().anyMatch(Op.Linear.class::isInstance);
  }

  /**
   * Returns the log-likelihoods under {@code variant}: one array per prompt, one number per
   * continuation.
   *
   * @param variant {@link LoadedModel#edited} of this object's model
   * @param name of the prompts, under which their activations are kept
   */
  public List<double[]> scores(
      LoadedModel variant, K name, PromptBatch batch, ProgressListener progress) {
    int op = keptAt(variant);
    LengthScorer scorer = scorers.computeIfAbsent(name, _ -> scorer(batch));
    if (!isUnedited(variant.edits().edits()) && !scorer.canReach(op)) {
      scorer.close();
      scorer = scorer(batch);
      scorers.put(name, scorer);
    }
    scorer.advance(op, progress);
    return scorer.scores(variant.model(), progress);
  }

  private LengthScorer scorer(PromptBatch batch) {
    return new LengthScorer(loaded.original(), loaded.backend().backend(), batch, budget);
  }

  @Override
  public void close() {
    scorers.values().forEach(LengthScorer::close);
    scorers.clear();
  }
}
