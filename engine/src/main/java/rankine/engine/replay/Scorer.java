package rankine.engine.replay;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import rankine.common.ModelException;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Scores the continuations of prompts under a model and edited variants of it. Plain evaluation is
 * the case without an edit: the whole program runs, and no activations are kept.
 *
 * <p>For variants, {@link #advance} runs the unedited model forward to the first operation that an
 * edit changes and keeps the activations of every prompt there; each variant is then scored from
 * there, so all its edits must be at or after it. Variants are fastest in the order of their first
 * changed operation.
 *
 * <p>Every row is computed from its own inputs in one order, so scores are bit-identical to those
 * of one prompt at a time, whatever is shared or batched.
 */
public final class Scorer implements AutoCloseable {
  /** Logit rows that are collected before the tail of the program runs for them. */
  private static final int TAIL_ROWS = 4 * Session.SCORING_ROWS;

  /**
   * Bytes of keys and values in memory at once in {@link #advance}, about: a model of 28 layers and
   * 4096 features would need 2 GB for 26 of them and the prompts of a few batches.
   */
  private static final long KV_BYTES = 512L << 20;

  private final Backend backend;
  private final Model base;
  private final ProgramLayout layout;
  private final TokenTree tree;
  private final int[][] targets;
  private final int chunk;
  private final int layersPerStep;
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
   * @param budget of the memory for the stored activations
   * @throws ModelException for an id outside the vocabulary, or a text longer than the context
   */
  public Scorer(Model base, Backend backend, TokenTree tree, ActivationBudget budget) {
    this(base, backend, tree, budget, Session.DEFAULT_CHUNK, KV_BYTES);
  }

  /**
   * @param chunk maximum tokens per batch
   * @param kvBytes keys and values in memory at once in {@link #advance}, about; one layer at least
   */
  Scorer(
      Model base,
      Backend backend,
      TokenTree tree,
      ActivationBudget budget,
      int chunk,
      long kvBytes) {
    tree.check(base.config());
    this.backend = backend;
    this.base = base;
    this.layout = ProgramLayout.of(base);
    this.tree = tree;
    this.targets = tree.targets();
    this.chunk = Math.min(chunk, base.config().contextLength());
    this.layersPerStep = layersPerStep(base.config().kvShape(), kvBytes);
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
   * Runs the unedited model forward to operation {@code op}, but not past the last attention, in
   * steps of as many layers as the memory for keys and values allows. Does nothing if the
   * activations are already there or past it.
   *
   * @param op index as from {@link #firstUse}
   * @param progress receives the number of prompts processed
   */
  public void advance(int op, ProgressListener progress) {
    int from = position;
    int to = reachable(op);
    while (position < to) {
      dropHoisted();
      int start = position;
      int end = stepEnd(to);
      SliceExecutor.run(
          backend,
          tree,
          slice(layout, start, end),
          current,
          current,
          chunk,
          (prompts, total) -> {
            long done = (long) total * (start - from) + (long) prompts * (end - start);
            progress.progress((int) (done / (to - from)), total);
          });
      position = end;
    }
  }

  private int layersPerStep(KvShape shape, long kvBytes) {
    long bytes = shape.bytesPerPosition() / shape.layers() * SliceExecutor.positions(tree, chunk);
    return Math.clamp(kvBytes / Math.max(1, bytes), 1, shape.layers());
  }

  /** Returns where the next step towards {@code to} ends. */
  private int stepEnd(int to) {
    int layers = 0;
    int attended = position; // after the last attention
    for (int i = position; i < to; i++) {
      if (layout.ops().get(i) instanceof Op.AppendKv && ++layers > layersPerStep) {
        return narrowest(attended, i);
      }
      if (layout.ops().get(i) instanceof Op.Attention) {
        attended = i + 1;
      }
    }
    return to;
  }

  /** Returns the operation from {@code from} to {@code to} before which least has to be stored. */
  private int narrowest(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .boxed()
        .min(
            Comparator.comparingInt(
                i -> Liveness.live(layout.ops(), i).stream().mapToInt(Slot::width).sum()))
        .orElseThrow();
  }

  private int reachable(int op) {
    return Math.min(layout.cut(op), layout.tail());
  }

  /**
   * Returns the log-likelihoods under {@code variant}: one array per prompt, one number per
   * continuation.
   *
   * @param progress receives the number of prompts processed
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
    int tail = Math.max(position, variantLayout.tail());
    double[][] logProbabilities = new double[targets.length][];
    try (Tail last = new Tail(variant, slice(variantLayout, tail, variantLayout.end()))) {
      if (tail == position) {
        last.run(start, 0, targets.length, logProbabilities);
        progress.progress(tree.prompts(), tree.prompts());
      } else {
        ProgramSlice body = slice(variantLayout, position, tail);
        runWithTail(body, start, last, logProbabilities, progress);
      }
    }
    return tree.scores(logProbabilities);
  }

  private ProgramSlice slice(ProgramLayout program, int from, int to) {
    return ProgramSlice.of(program, from, to, base.config().kvShape());
  }

  /** Runs {@code body} for all prompts, and the tail each time for the logit rows collected. */
  private void runWithTail(
      ProgramSlice body,
      ActivationStore start,
      Tail last,
      double[][] logProbabilities,
      ProgressListener progress) {
    try (SpillArena scratch = new SpillArena(budget)) {
      ActivationStore window = ActivationStore.window(scratch, windowRows());
      int[] done = {0};
      SliceExecutor.run(
          backend,
          tree,
          body,
          start,
          window,
          chunk,
          (prompts, total) -> {
            int to = tree.logitRowsBefore(prompts);
            if (to - done[0] >= TAIL_ROWS || prompts == total) {
              last.run(window, done[0], to, logProbabilities);
              window.moveTo(to);
              done[0] = to;
            }
            progress.progress(prompts, total);
          });
    }
  }

  /** The most logit rows that are collected: those before the last prompts, and theirs. */
  private int windowRows() {
    int most = 0;
    for (int prompt = 0; prompt < tree.prompts(); prompt++) {
      int to = Math.min(tree.prompts(), prompt + SliceExecutor.MAX_PROMPTS);
      most = Math.max(most, tree.logitRowsBefore(to) - tree.logitRowsBefore(prompt));
    }
    return Math.min(tree.logitRows(), TAIL_ROWS + most);
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

  /** The tail of a program: it runs for logit rows alone, in batches of them. */
  private final class Tail implements AutoCloseable {
    private final Model model;
    private final ProgramSlice slice;
    private final int batchRows = Math.clamp(targets.length, 1, Session.SCORING_ROWS);
    private final Activations activations;
    private final KvCache empty;

    // Both are owned by this object, which closes them.
    @SuppressWarnings("MustBeClosedChecker")
    Tail(Model model, ProgramSlice slice) {
      this.model = model;
      this.slice = slice;
      this.activations = backend.activations(Model.slots(slice.ops()), batchRows, batchRows);
      this.empty = backend.cache(slice.kvShape());
    }

    /** Computes the log-probabilities of logit rows {@code first} to {@code end}. */
    void run(ActivationStore saved, int first, int end, double[][] logProbabilities) {
      for (int from = first; from < end; from += batchRows) {
        int count = Math.min(batchRows, end - from);
        for (Slot slot : slice.in()) {
          backend.write(activations, slot, 0, count, saved.rows(slot, from, count));
        }
        backend.run(slice.ops(), activations, logitRows(empty, count));
        int[][] batchTargets = Arrays.copyOfRange(targets, from, from + count);
        double[][] rows = backend.logProbabilities(activations, model.logits(), batchTargets);
        System.arraycopy(rows, 0, logProbabilities, from, count);
      }
    }

    @Override
    public void close() {
      activations.close();
      empty.close();
    }
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
