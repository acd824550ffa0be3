package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import rankine.common.ModelException;
import rankine.engine.model.Model;
import rankine.kernels.Backend;

/**
 * A {@link Scorer} of models whose rotary frequencies depend on the length of a sequence
 * (LongRoPE): what is longer than {@link Model#config}'s context is scored by {@link
 * Model#forLongSequences}, all of its tokens, and shares keys and values with its like only. For
 * other models it is one Scorer.
 *
 * <p>The length is that of what the model reads: the prompt and its continuation without the last
 * token, whose logits nobody reads. Each continuation decides for itself, so a score depends on no
 * other sequence; transformers decides for a batch, and agrees for batches of one.
 */
public final class LengthScorer implements AutoCloseable {
  /** Sequences of one kind, short or long, and where their scores belong. */
  private record LengthPart(Scorer scorer, boolean beyond, List<Placement> placements) {
    Model of(Model model) {
      return beyond ? model.forLongSequences().orElseThrow() : model;
    }
  }

  /**
   * A prompt of a part.
   *
   * @param prompt its index among all
   * @param continuations indices of its continuations there
   */
  private record Placement(int prompt, List<Integer> continuations) {}

  private final List<LengthPart> parts = new ArrayList<>();

  /** The number of continuations of each prompt. */
  private final int[] continuations;

  /**
   * Starts at the first operation, with no activations.
   *
   * @param base the model, resident on {@code backend}
   * @param budget of the memory for the stored activations
   * @throws ModelException for an id outside the vocabulary, or a text longer than the context
   */
  public LengthScorer(Model base, Backend backend, PromptBatch batch, ActivationBudget budget) {
    List<Prompt> prompts = batch.prompts();
    this.continuations = prompts.stream().mapToInt(p -> p.continuations().size()).toArray();
    Optional<Model> longer = base.forLongSequences();
    int limit = longer.isPresent() ? base.config().contextLength() : Integer.MAX_VALUE;
    for (boolean beyond : new boolean[] {false, true}) {
      List<Prompt> some = new ArrayList<>();
      List<Placement> placements = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        Prompt prompt = prompts.get(i);
        List<Integer> kept = new ArrayList<>();
        for (int c = 0; c < prompt.continuations().size(); c++) {
          int read = prompt.ids().length + prompt.continuations().get(c).length - 1;
          if (read > limit == beyond) {
            kept.add(c);
          }
        }
        if (!kept.isEmpty()) {
          some.add(
              new Prompt(
                  prompt.ids(),
                  kept.stream().map(prompt.continuations()::get).toList(),
                  kept.stream().mapToInt(c -> prompt.given()[c]).toArray()));
          placements.add(new Placement(i, kept));
        }
      }
      if (!some.isEmpty()) {
        Model model = beyond ? longer.orElseThrow() : base;
        TokenTree part = TokenTree.of(batch.prefix(), some);
        parts.add(new LengthPart(new Scorer(model, backend, part, budget), beyond, placements));
      }
    }
  }

  /** Returns whether {@link #advance} can reach {@code op}: no activations are past it. */
  public boolean canReach(int op) {
    return parts.stream().allMatch(part -> part.scorer.canReach(op));
  }

  /** Runs the unedited model forward to operation {@code op}: see {@link Scorer#advance}. */
  public void advance(int op, ProgressListener progress) {
    int before = 0;
    for (LengthPart part : parts) {
      part.scorer.advance(op, after(before, progress));
      before += part.placements.size();
    }
  }

  /**
   * Returns the log-likelihoods under {@code variant}: one array per prompt, one number per
   * continuation.
   *
   * @param progress receives the number of prompts processed
   * @throws IllegalArgumentException if an edit is before the current position
   */
  public List<double[]> scores(Model variant, ProgressListener progress) {
    double[][] all = new double[continuations.length][];
    Arrays.setAll(all, i -> new double[continuations[i]]);
    int before = 0;
    for (LengthPart part : parts) {
      List<double[]> scores = part.scorer.scores(part.of(variant), after(before, progress));
      for (int i = 0; i < scores.size(); i++) {
        Placement placement = part.placements.get(i);
        for (int c = 0; c < placement.continuations.size(); c++) {
          all[placement.prompt][placement.continuations.get(c)] = scores.get(i)[c];
        }
      }
      before += part.placements.size();
    }
    return List.of(all);
  }

  /** Counts the prompts of the parts before; a prompt of both parts counts twice. */
  private ProgressListener after(int before, ProgressListener progress) {
    int total = parts.stream().mapToInt(part -> part.placements.size()).sum();
    return (done, _) -> progress.progress(before + done, total);
  }

  @Override
  public void close() {
    parts.forEach(part -> part.scorer.close());
  }
}
