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
 * The texts of an evaluation on their way through an unedited model, as far as they have come. A
 * variant of the model is scored from here, without what lies below: its edits must lie above.
 * Variants are therefore best asked in the order of their lowest edit, and {@link #advance} goes on
 * to the next.
 *
 * <p>Scores have the bits of {@code SessionLanguageModel}'s.
 */
public final class ActivationReplay implements AutoCloseable {
  private final Backend backend;
  private final Model base;
  private final ProgramLayout course;
  private final TokenTree work;
  private final int chunk;
  private final ActivationBudget budget;
  private final SpillArena memory;
  private final ActivationStore here;
  private int position;

  /** What was done ahead here for the last variant, and its results. */
  private List<Op> ahead = List.of();

  private SpillArena aheadMemory;
  private ActivationStore withAhead;

  /**
   * Texts at the start.
   *
   * @param base the model, resident on {@code backend}
   * @param prefix ids that every query begins with; may be empty
   * @param queries whose continuations are scored
   * @param budget of the memory for what is kept
   * @throws ModelException for an id that the model does not have, or a text beyond its context
   */
  public ActivationReplay(
      Model base, Backend backend, int[] prefix, List<Query> queries, ActivationBudget budget) {
    this.backend = backend;
    this.base = base;
    this.course = ProgramLayout.of(base);
    this.work = TokenTree.of(prefix, queries);
    this.chunk = Math.min(Session.DEFAULT_CHUNK, base.config().contextLength());
    InputChecks.check(base.config(), prefix, queries);
    this.budget = budget;
    this.memory = new SpillArena(budget);
    this.here = new ActivationStore(memory, work);
  }

  /**
   * Where the lowest of some matrices is used: an operation's place in the program.
   *
   * @param matrices names of linear layers that a variant changes; none for an unedited one
   */
  public static int place(Model base, Set<String> matrices) {
    List<Op> ops = base.scoring();
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Linear linear && matrices.contains(linear.name())) {
        return i;
      }
    }
    return ops.size();
  }

  /** Whether the texts have not come further than {@code place}. */
  public boolean isBelow(int place) {
    return position <= reachable(place);
  }

  /**
   * Goes on to {@code place}, if that is not behind, and no further than the last attention.
   *
   * @param place as {@link #place}
   * @param progress hears how many of the queries are there
   */
  public void advance(int place, ProgressListener progress) {
    int to = reachable(place);
    if (to > position) {
      forget();
      run(course, base, here, position, to, here, progress);
      position = to;
    }
  }

  private int reachable(int place) {
    return Math.min(course.cut(place), course.tail());
  }

  /**
   * The log-likelihoods of {@code variant}: one array a query, one number a continuation.
   *
   * @param progress hears how many of the queries are through
   * @throws IllegalArgumentException if an edit lies below
   */
  public List<double[]> scores(Model variant, ProgressListener progress) {
    ProgramLayout other = ProgramLayout.of(variant);
    int divergence = course.divergence(other);
    if (Math.min(divergence, course.tail()) < position) {
      throw new IllegalArgumentException("an edit below where the texts are");
    }
    ActivationStore start = here;
    if (divergence == position && divergence < course.tail()) {
      HoistedSuffix parts = HoistedSuffix.of(course.ops(), other.ops(), position);
      if (done(parts)) {
        other = ProgramLayout.of(parts.rest());
        start = withAhead;
      }
    }
    try (SpillArena scratch = new SpillArena(budget)) {
      int tail = Math.max(position, other.tail());
      ActivationStore before = start;
      if (tail > position) {
        before = new ActivationStore(scratch, work);
        run(other, variant, start, position, tail, before, progress);
      }
      return work.scores(finish(other, variant, tail, before));
    }
  }

  /**
   * Does what a variant has ahead, if the last one did not have the same. It need not be: there may
   * be nothing, or no memory for it.
   *
   * @return whether {@link #withAhead} has it
   */
  private boolean done(HoistedSuffix parts) {
    if (parts.ops().isEmpty()) {
      return false;
    }
    if (!parts.ops().equals(ahead)) {
      forget();
      ProgramSlice stage = ProgramSlice.of(parts, position, base.config().kvShape());
      if (!budget.holds(ActivationStore.bytes(stage.out(), work))) {
        return false;
      }
      aheadMemory = new SpillArena(budget);
      withAhead = new ActivationStore(aheadMemory, work, here);
      SliceExecutor.run(backend, work, stage, here, withAhead, chunk, ProgressListener.NONE);
      ahead = parts.ops();
    }
    return true;
  }

  private void forget() {
    if (aheadMemory != null) {
      aheadMemory.close();
    }
    aheadMemory = null;
    withAhead = null;
    ahead = List.of();
  }

  private void run(
      ProgramLayout way,
      Model model,
      ActivationStore from,
      int begin,
      int end,
      ActivationStore to,
      ProgressListener progress) {
    ProgramSlice stage = ProgramSlice.of(way, begin, end, model.config().kvShape());
    SliceExecutor.run(backend, work, stage, from, to, chunk, progress);
  }

  /** The rest of the way for the wanted rows alone, in batches of them. */
  private double[][] finish(ProgramLayout way, Model model, int tail, ActivationStore saved) {
    ProgramSlice stage = ProgramSlice.of(way, tail, way.end(), model.config().kvShape());
    int[][] targets = work.targets();
    double[][] found = new double[targets.length][];
    int most = Math.min(Session.SCORING_ROWS, Math.max(1, targets.length));
    try (Activations activations = backend.activations(Model.slots(stage.ops()), most, most);
        KvCache nothing = backend.cache(stage.keysValues())) {
      for (int from = 0; from < targets.length; from += most) {
        int count = Math.min(most, targets.length - from);
        for (Slot slot : stage.in()) {
          backend.write(activations, slot, 0, count, saved.rows(slot, from, count));
        }
        backend.run(stage.ops(), activations, logitRows(nothing, count));
        int[][] some = Arrays.copyOfRange(targets, from, from + count);
        double[][] rows = backend.logProbabilities(activations, model.logits(), some);
        System.arraycopy(rows, 0, found, from, count);
      }
    }
    return found;
  }

  /** A batch of wanted rows whose tokens nobody reads. */
  private static Batch logitRows(KvCache cache, int count) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = i;
    }
    return new Batch(List.of(new Batch.Sequence(cache, new int[count])), all);
  }

  @Override
  public void close() {
    forget();
    memory.close();
  }
}
