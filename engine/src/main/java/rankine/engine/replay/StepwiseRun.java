package rankine.engine.replay;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Runs a program over texts in steps, a few operations at a time for all tokens of all texts, and
 * keeps activations from step to step: within a budget in memory, beyond it in mapped files. The
 * caller reads them, and may change the operations to come.
 */
public final class StepwiseRun implements AutoCloseable {
  private final Backend backend;
  private final KvShape shape;
  private final TokenTree tree;
  private final ActivationBudget budget;
  private final SpillArena arena;
  private final ActivationStore kept;
  private final Set<Slot> slots = new LinkedHashSet<>();

  /**
   * @param shape of the model's KV cache
   * @param texts at least one id each, not longer than the model's context
   */
  public StepwiseRun(Backend backend, KvShape shape, List<int[]> texts, ActivationBudget budget) {
    this(
        backend,
        shape,
        TokenTree.of(new int[0], texts.stream().map(ids -> new Prompt(ids, List.of())).toList()),
        budget);
  }

  /**
   * @param shape of the model's KV cache
   * @param tree not longer than the model's context
   */
  public StepwiseRun(Backend backend, KvShape shape, TokenTree tree, ActivationBudget budget) {
    this.backend = backend;
    this.shape = shape;
    this.tree = tree;
    this.budget = budget;
    this.arena = new SpillArena(budget);
    this.kept = new ActivationStore(arena, tree);
  }

  /** Returns the number of tokens of all texts. */
  public int tokens() {
    return tree.rows();
  }

  /**
   * Runs the next operations. They must not begin between an append to the KV cache and the
   * attention that reads it, nor end there.
   *
   * @param ops all slots that they read before they write them are kept
   * @param keep slots that are read later; those that {@code ops} do not write are kept already
   */
  public void run(List<Op> ops, Collection<Slot> keep) {
    Set<Slot> written = new LinkedHashSet<>();
    ops.forEach(op -> written.addAll(op.writes()));
    written.retainAll(keep);
    SliceExecutor.run(
        backend,
        tree,
        ProgramSlice.whole(ops, written, shape),
        kept,
        kept,
        Session.DEFAULT_CHUNK,
        ProgressListener.NONE);
    slots.addAll(written);
  }

  /** Returns the slots that {@code ops} read before they write them. */
  public static Set<Slot> inputs(List<Op> ops) {
    return Liveness.live(ops, 0);
  }

  /** Returns a view of a kept slot, [tokens, width], float32, rows in the order of the tree. */
  public Matrix rows(Slot slot) {
    return Matrix.rowMajor(kept.rows(slot, 0, tree.rows()), DType.F32, tree.rows(), slot.width());
  }

  /** Returns a run of the same texts that continues from here, with a copy of what is kept. */
  public StepwiseRun fork() {
    StepwiseRun fork = new StepwiseRun(backend, shape, tree, budget);
    fork.kept.allocate(slots);
    for (Slot slot : slots) {
      MemorySegment rows = kept.rows(slot, 0, tree.rows());
      fork.kept.rows(slot, 0, tree.rows()).copyFrom(rows);
    }
    fork.slots.addAll(slots);
    return fork;
  }

  /** Frees what is kept. */
  @Override
  public void close() {
    arena.close();
  }
}
