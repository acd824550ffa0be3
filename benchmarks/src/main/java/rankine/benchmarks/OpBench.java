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
 * Single operations on a backend, with random values in their inputs: {@link #input} names what
 * must be filled, {@link #prepare} fills it, {@link #run} is what is timed.
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
   * A bench for operations over {@code rows} tokens of one new sequence.
   *
   * @param kv the shape of the sequence's cache
   */
  public OpBench(Backend backend, int rows, KvShape kv) {
    this.backend = backend;
    this.rows = rows;
    this.cache = backend.cache(kv);
  }

  /** A bench for operations that use no cache. */
  public OpBench(Backend backend, int rows) {
    this(backend, rows, new KvShape(1, 1, 1, 1));
  }

  /** A slot [rows, width] that {@link #prepare} fills with values of N(0, 1). */
  public Slot input(String name, int width) {
    Slot slot = output(name, width);
    fills.add(fill(slot));
    return slot;
  }

  /** A slot [rows, width] that an operation writes. */
  public Slot output(String name, int width) {
    Slot slot = Slot.tokens(name, width);
    slots.add(slot);
    return slot;
  }

  /**
   * The operation that writes values of N(0, 1) to a slot: to time with one that works in place.
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
   * Fills the inputs; afterwards the sequence has {@code past} complete positions.
   *
   * @param store appends keys and values of its rows to the sequence; empty if {@code past} is 0
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
