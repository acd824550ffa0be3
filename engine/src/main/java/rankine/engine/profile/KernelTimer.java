package rankine.engine.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvShape;

/**
 * Times kernels against each other: warms up all of them, then samples them alternately, A B C A B
 * C …, so that other load on the machine affects all of them equally.
 */
final class KernelTimer {
  /** The properties that select separately compiled code. */
  record CodeShape(DType dtype, boolean rowContiguous, boolean oneRow) {}

  private final Backend backend;
  private final KvShape shape;
  private final WeightPool pool;
  private final TimingConfig config;
  private final Set<CodeShape> warm = new HashSet<>();

  KernelTimer(Backend backend, KvShape shape, WeightPool pool, TimingConfig config) {
    this.backend = backend;
    this.shape = shape;
    this.pool = pool;
    this.config = config;
  }

  /** Returns the times of {@code kernels}, in the same order. */
  List<KernelTime> time(List<TimedKernel> kernels) {
    List<KernelBench> benches = new ArrayList<>();
    try {
      for (TimedKernel kernel : kernels) {
        KernelBench bench = new KernelBench(backend, shape, kernel, pool);
        benches.add(bench);
        bench.warmUp(isNew(kernel, warm) ? config.firstWarmUp() : config.warmUp(), config.sample());
      }
      return sample(kernels, benches);
    } finally {
      benches.forEach(KernelBench::close);
    }
  }

  /** Adds the code paths of a kernel to {@code warm}; returns whether one was not there. */
  static boolean isNew(TimedKernel kernel, Set<CodeShape> warm) {
    boolean isNew = false;
    for (TimedKernel.KernelOperand operand : kernel.operands()) {
      isNew |=
          warm.add(new CodeShape(operand.dtype(), operand.rowContiguous(), kernel.rows() == 1));
    }
    return isNew;
  }

  private List<KernelTime> sample(List<TimedKernel> kernels, List<KernelBench> benches) {
    double[][] samples = new double[kernels.size()][config.maxSamples()];
    List<KernelTime> times = List.of();
    for (int round = 0; round < config.maxSamples(); round++) {
      for (int i = 0; i < benches.size(); i++) {
        samples[i][round] = benches.get(i).sample();
      }
      if (round + 1 >= config.minSamples()) {
        times = times(kernels, benches, samples, round + 1);
        if (times.stream().allMatch(this::isStable)) {
          return times;
        }
      }
    }
    return times;
  }

  private boolean isStable(KernelTime time) {
    return time.timing().notch() <= config.spread() * time.timing().median();
  }

  private static List<KernelTime> times(
      List<TimedKernel> kernels, List<KernelBench> benches, double[][] samples, int rounds) {
    List<KernelTime> times = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      double[] taken = Arrays.copyOf(samples[i], rounds);
      TimingResult timing = TimingResult.of(taken, benches.get(i).calls());
      times.add(
          new KernelTime(
              kernels.get(i).operands().getFirst().dtype(), kernels.get(i).cost(), timing));
    }
    return times;
  }
}
