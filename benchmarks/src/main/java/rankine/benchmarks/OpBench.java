package rankine.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Runs single operations on a backend with random inputs: {@link #input} declares an input, {@link
 * #prepare} fills all of them, {@link #run} is timed.
 */
public final class OpBench implements AutoCloseable {
  private static final int SEED = 1;

  private final Backend backend;
  private final int rows;
  private final KvCache cache;
  private final List<Op> fills = new ArrayList<>();
  private final Set<Slot> slots = new LinkedHashSet<>();
  private Activations activations;
  private Batch batch;

  /**
   * Prepares operations over {@code rows} tokens of one new sequence.
   *
   * @param kv the shape of the sequence's cache
   */
  public OpBench(Backend backend, int rows, KvShape kv) {
    this.backend = backend;
    this.rows = rows;
    this.cache = backend.cache(kv);
  }

  /** Prepares operations that use no KV cache; a device still checks that it has the rows. */
  public OpBench(Backend backend, int rows) {
    this(backend, rows, new KvShape(1, 1, 1, rows));
  }

  /** Declares a slot [rows, width] that {@link #prepare} fills with values of N(0, 1). */
  public Slot input(String name, int width) {
    Slot slot = output(name, width);
    fills.add(fill(slot));
    return slot;
  }

  /** Declares a slot [rows, width] that an operation writes. */
  public Slot output(String name, int width) {
    Slot slot = Slot.tokens(name, width);
    slots.add(slot);
    return slot;
  }

  /**
   * Returns an operation that writes values of N(0, 1) to a slot, to be timed with an in-place one.
   */
  public Op fill(Slot slot) {
    Random random = new Random(SEED + fills.size());
    float[] table = new float[rows * slot.width()];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    return new Op.Embed(backend.matrix(Matrix.of(table, rows, slot.width())), slot);
  }

  /**
   * Fills the inputs and appends {@code past} positions to the sequence.
   *
   * @param store operations that append keys and values of the rows; empty if {@code past} is 0
   */
  public void prepare(List<Op> store, int past) {
    activations = backend.activations(slots, rows, 1);
    int[] ids = new int[rows];
    for (int i = 0; i < rows; i++) {
      ids[i] = i;
    }
    batch = new Batch(List.of(new Batch.Sequence(cache, ids)), new int[0]);
    run(fills);
    while (cache.length() < past) {
      run(store);
      cache.advance(Math.min(rows, past - cache.length()));
    }
  }

  /** Runs {@code program} over the rows. */
  public void run(List<Op> program) {
    backend.run(program, activations, batch);
  }

  @Override
  public void close() {
    if (activations != null) {
      activations.close();
    }
    cache.close();
  }
}
