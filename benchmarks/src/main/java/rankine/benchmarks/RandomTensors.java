package rankine.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import rankine.engine.checkpoint.NewTensor;
import rankine.kernels.DType;

/**
 * Builder of a list of tensors with values of N(mean, {@link RandomMatrix#DEVIATION}²). The values
 * of a tensor depend on the seed and its index in the list.
 */
final class RandomTensors {
  /** Values of a tensor after which a repeated one begins again: the largest prime below 2²⁰. */
  static final int PERIOD = 1_048_573;

  private final DType dtype;
  private final long seed;
  private final long period;
  private final List<NewTensor> tensors = new ArrayList<>();

  RandomTensors(DType dtype, long seed) {
    this(dtype, seed, Long.MAX_VALUE);
  }

  private RandomTensors(DType dtype, long seed, long period) {
    this.dtype = dtype;
    this.seed = seed;
    this.period = period;
  }

  /** Starts a list of tensors that repeat their first {@link #PERIOD} values. */
  static RandomTensors repeated(DType dtype, long seed) {
    return new RandomTensors(dtype, seed, PERIOD);
  }

  /** Adds a weight or a bias: mean 0. */
  void add(String name, long... shape) {
    append(name, 0, shape);
  }

  /** Adds the scale of a norm: mean 1, so that activations are as large as in a trained model. */
  void addScale(String name, long size) {
    append(name, 1, size);
  }

  /** Returns the tensors in order. */
  List<NewTensor> all() {
    return List.copyOf(tensors);
  }

  private void append(String name, double mean, long... shape) {
    int index = tensors.size();
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    long count = sizes.stream().reduce(1L, Math::multiplyExact);
    tensors.add(new NewTensor(name, dtype, sizes, () -> values(index, mean, count)));
  }

  private MemorySegment values(int index, double mean, long count) {
    // java.util.Random specifies its algorithm, so the values are the same on every JVM.
    Random random = new Random(31 * seed + index);
    MemorySegment data = Arena.ofAuto().allocate(count * dtype.bytes());
    long drawn = Math.min(period, count);
    for (long i = 0; i < drawn; i++) {
      double value = mean + RandomMatrix.DEVIATION * random.nextGaussian();
      RandomMatrix.put(data, dtype, i, (float) value);
    }
    for (long at = drawn; at < count; at += period) {
      long bytes = Math.min(period, count - at) * dtype.bytes();
      MemorySegment.copy(data, 0, data, at * dtype.bytes(), bytes);
    }
    return data;
  }
}
