package rankine.engine.replay;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import rankine.common.ModelException;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Scorer.Query;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Activations of the unedited model at one operation of its program, for every prompt of an
 * evaluation. A variant of the model is scored from there: only operations from this position on
 * run, so all its edits must be at or after it. Variants are fastest in the order of their first
 * changed operation; {@link #advance} moves the activations forward to the next.
 *
 * <p>Scores are bit-identical to those of {@code SessionScorer}.
 */
public final class ActivationReplay implements AutoCloseable {
  private final Backend backend;
  private final Model base;
  private final ProgramLayout layout;
  private final TokenTree tree;
  private final int chunk;
  private final ActivationBudget budget;
  private final SpillArena arena;
  private final ActivationStore current;
  private int position;

  /** Hoisted operations of the last variant scored at this position, and their results. */
  private List<Op> hoistedOps = List.of();

  private SpillArena hoistedArena;
  private ActivationStore hoisted;

  /**
   * Starts at the first operation, with no activations.
   *
   * @param base the model, resident on {@code backend}
   * @param prefix ids that every query begins with; may be empty
   * @param queries whose continuations are scored
   * @param budget of the memory for the stored activations
   * @throws ModelException for an id outside the vocabulary, or a text longer than the context
   */
  public ActivationReplay(
      Model base, Backend backend, int[] prefix, List<Query> queries, ActivationBudget budget) {
    this.backend = backend;
    this.base = base;
    this.layout = ProgramLayout.of(base);
    this.tree = TokenTree.of(prefix, queries);
    this.chunk = Math.min(Session.DEFAULT_CHUNK, base.config().contextLength());
    InputChecks.check(base.config(), prefix, queries);
    this.budget = budget;
    this.arena = new SpillArena(budget);
    this.current = new ActivationStore(arena, tree);
  }

  /**
   * Returns the index in the program of the first operation that uses one of {@code matrices}, or
   * the program's length if none does.
   *
   * @param matrices names of linear layers that a variant changes; empty for the unedited model
   */
  public static int firstUse(Model base, Set<String> matrices) {
    List<Op> ops = base.scoringProgram();
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Linear linear && matrices.contains(linear.name())) {
        return i;
      }
    }
    return ops.size();
  }

  /** Returns whether {@link #advance} can reach {@code op}: the activations are not past it. */
  public boolean canReach(int op) {
    return position <= reachable(op);
  }

  /**
   * Runs the unedited model forward to operation {@code op}, but not past the last attention. Does
   * nothing if the activations are already there or past it.
   *
   * @param op index as from {@link #firstUse}
   * @param progress receives the number of queries processed
   */
  public void advance(int op, ProgressListener progress) {
    int to = reachable(op);
    if (to > position) {
      dropHoisted();
      run(layout, base, current, position, to, current, progress);
      position = to;
    }
  }

  private int reachable(int op) {
    return Math.min(layout.cut(op), layout.tail());
  }

  /**
   * Returns the log-likelihoods under {@code variant}: one array per query, one number per
   * continuation.
   *
   * @param progress receives the number of queries processed
   * @throws IllegalArgumentException if an edit is before the current position
   */
  public List<double[]> scores(Model variant, ProgressListener progress) {
    ProgramLayout variantLayout = ProgramLayout.of(variant);
    int divergence = layout.divergence(variantLayout);
    if (Math.min(divergence, layout.tail()) < position) {
      throw new IllegalArgumentException(
          "an edit before operation %d, to which the activations have advanced"
              .formatted(position));
    }
    ActivationStore start = current;
    if (divergence == position && divergence < layout.tail()) {
      HoistedSuffix suffix = HoistedSuffix.of(layout.ops(), variantLayout.ops(), position);
      if (hoist(suffix)) {
        variantLayout = ProgramLayout.of(suffix.rest());
        start = hoisted;
      }
    }
    try (SpillArena scratch = new SpillArena(budget)) {
      int tail = Math.max(position, variantLayout.tail());
      ActivationStore atTail = start;
      if (tail > position) {
        atTail = new ActivationStore(scratch, tree);
        run(variantLayout, variant, start, position, tail, atTail, progress);
      }
      return tree.scores(finish(variantLayout, variant, tail, atTail));
    }
  }

  /**
   * Runs the hoisted operations of a variant unless the last variant had the same ones. Skips them
   * if there are none, or if the budget has no room for their results.
   *
   * @return whether {@link #hoisted} holds their results
   */
  private boolean hoist(HoistedSuffix suffix) {
    if (suffix.ops().isEmpty()) {
      return false;
    }
    if (!suffix.ops().equals(hoistedOps)) {
      dropHoisted();
      ProgramSlice slice = ProgramSlice.of(suffix, position, base.config().kvShape());
      if (!budget.allows(ActivationStore.bytes(slice.out(), tree))) {
        return false;
      }
      hoistedArena = new SpillArena(budget);
      hoisted = new ActivationStore(hoistedArena, tree, current);
      SliceExecutor.run(backend, tree, slice, current, hoisted, chunk, ProgressListener.NONE);
      hoistedOps = suffix.ops();
    }
    return true;
  }

  private void dropHoisted() {
    if (hoistedArena != null) {
      hoistedArena.close();
    }
    hoistedArena = null;
    hoisted = null;
    hoistedOps = List.of();
  }

  private void run(
      ProgramLayout program,
      Model model,
      ActivationStore from,
      int begin,
      int end,
      ActivationStore to,
      ProgressListener progress) {
    ProgramSlice slice = ProgramSlice.of(program, begin, end, model.config().kvShape());
    SliceExecutor.run(backend, tree, slice, from, to, chunk, progress);
  }

  /** Runs the tail of the program, for logit rows alone, in batches of logit rows. */
  private double[][] finish(ProgramLayout program, Model model, int tail, ActivationStore saved) {
    ProgramSlice slice = ProgramSlice.of(program, tail, program.end(), model.config().kvShape());
    int[][] targets = tree.targets();
    double[][] logProbabilities = new double[targets.length][];
    int batchRows = Math.min(Session.SCORING_ROWS, Math.max(1, targets.length));
    try (Activations activations =
            backend.activations(Model.slots(slice.ops()), batchRows, batchRows);
        KvCache empty = backend.cache(slice.kvShape())) {
      for (int from = 0; from < targets.length; from += batchRows) {
        int count = Math.min(batchRows, targets.length - from);
        for (Slot slot : slice.in()) {
          backend.write(activations, slot, 0, count, saved.rows(slot, from, count));
        }
        backend.run(slice.ops(), activations, logitRows(empty, count));
        int[][] batchTargets = Arrays.copyOfRange(targets, from, from + count);
        double[][] rows = backend.logProbabilities(activations, model.logits(), batchTargets);
        System.arraycopy(rows, 0, logProbabilities, from, count);
      }
    }
    return logProbabilities;
  }

  /** A batch of {@code count} logit rows; the tail reads no token ids. */
  private static Batch logitRows(KvCache cache, int count) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = i;
    }
    return new Batch(List.of(new Batch.Sequence(cache, new int[count])), all);
  }

  @Override
  public void close() {
    dropHoisted();
    arena.close();
  }
}
