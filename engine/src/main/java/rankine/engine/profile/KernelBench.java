package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.Gaussian;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** A kernel prepared on a backend: its activations, and weight sets that fill the weight pool. */
final class KernelBench implements AutoCloseable {
  /** The fewest calls of a warm-up. */
  static final int LEAST_WARM_UP = 4;

  private static final int MAX_CALLS = 1 << 12;

  private final Backend backend;
  private final TimedKernel kernel;
  private final List<Slot> slots = new ArrayList<>();

  /** Weight sets, each with one weight per operand. */
  private final List<List<Weight>> weights = new ArrayList<>();

  private final KvCache sequence;
  private final Batch batch;
  private final Activations activations;
  private int calls = 1;
  private int next;

  KernelBench(Backend backend, KvShape shape, TimedKernel kernel, WeightPool pool) {
    this.backend = backend;
    this.kernel = kernel;
    slots.add(Slot.tokens("slot 0", kernel.operands().getFirst().n()));
    for (TimedKernel.KernelOperand operand : kernel.operands()) {
      slots.add(Slot.tokens("slot " + slots.size(), operand.m()));
    }
    long bytes = kernel.operands().stream().mapToLong(TimedKernel.KernelOperand::bytes).sum();
    long sets = Math.clamp(pool.bytes() / bytes, 1, MAX_CALLS);
    for (long i = 0; i < sets; i++) {
      weights.add(kernel.operands().stream().map(p -> backend.matrix(pool.next(p))).toList());
    }
    this.sequence = backend.cache(shape);
    int[] ids = IntStream.range(0, kernel.rows()).toArray();
    this.batch = new Batch(List.of(new Batch.Sequence(sequence, ids)), new int[0]);
    this.activations = backend.activations(slots, kernel.rows(), 0);
    backend.run(
        List.of(new Op.Embed(backend.matrix(random(slots.getFirst().width())), slots.getFirst())),
        activations,
        batch);
  }

  private Matrix random(int width) {
    float[] values = new float[Math.multiplyExact(kernel.rows(), width)];
    for (int row = 0; row < kernel.rows(); row++) {
      Gaussian.row(2, row, width, values, row * width);
    }
    return Matrix.of(values, kernel.rows(), width);
  }

  /** Returns the calls per sample. */
  int calls() {
    return calls;
  }

  /**
   * Calls the kernel for at least {@code seconds} and until it gets no faster, then sets the calls
   * per sample.
   */
  void warmUp(double seconds, double sampleSeconds) {
    List<Double> samples = new ArrayList<>();
    long start = System.nanoTime();
    double elapsed = 0;
    while (samples.size() < LEAST_WARM_UP
        || elapsed < seconds
        || (elapsed < 4 * seconds && improves(samples))) {
      samples.add(sample());
      elapsed = (System.nanoTime() - start) / 1e9;
    }
    double call = fastest(samples.subList(samples.size() / 2, samples.size()));
    calls = (int) Math.clamp(Math.ceil(sampleSeconds / call), 1, MAX_CALLS);
  }

  /**
   * Returns whether the fastest of the second half is over 5 % faster than that of the first half.
   */
  private static boolean improves(List<Double> samples) {
    int half = samples.size() / 2;
    return fastest(samples.subList(half, samples.size()))
        < 0.95 * fastest(samples.subList(0, half));
  }

  private static double fastest(List<Double> samples) {
    return samples.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** Takes one sample: runs its calls as one program and returns the mean seconds per call. */
  double sample() {
    List<Op> program = new ArrayList<>(calls * kernel.operands().size());
    for (int call = 0; call < calls; call++) {
      List<Weight> set = weights.get(next++ % weights.size());
      for (int i = 0; i < set.size(); i++) {
        program.add(
            new Op.Linear(
                "part " + i, slots.get(i), set.get(i), Optional.empty(), false, slots.get(i + 1)));
      }
    }
    long start = System.nanoTime();
    backend.run(program, activations, batch);
    return (System.nanoTime() - start) / 1e9 / calls;
  }

  @Override
  public void close() {
    activations.close();
    sequence.close();
  }
}
