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
 * Times kernels against each other: all are warmed up first, then sampled in turn, A B C A B C …,
 * so that whatever else the machine does falls on all of them alike.
 */
final class KernelTimer {
  /** What the compiler sees as code of its own. */
  private record CodeShape(DType dtype, boolean rowContiguous, boolean oneRow) {}

  private final Backend backend;
  private final KvShape shape;
  private final WeightPool pool;
  private final TimingConfig pace;
  private final Set<CodeShape> warm = new HashSet<>();

  KernelTimer(Backend backend, KvShape shape, WeightPool pool, TimingConfig pace) {
    this.backend = backend;
    this.shape = shape;
    this.pool = pool;
    this.pace = pace;
  }

  /** What each of {@code kernels} takes, in their order. */
  List<KernelTime> time(List<TimedKernel> kernels) {
    List<KernelBench> benches = new ArrayList<>();
    try {
      for (TimedKernel kernel : kernels) {
        KernelBench bench = new KernelBench(backend, shape, kernel, pool);
        benches.add(bench);
        bench.warmUp(isNew(kernel) ? pace.firstWarmUp() : pace.warmUp(), pace.sample());
      }
      return sample(kernels, benches);
    } finally {
      benches.forEach(KernelBench::close);
    }
  }

  private boolean isNew(TimedKernel kernel) {
    boolean found = false;
    for (TimedKernel.KernelOperand part : kernel.parts()) {
      found |= warm.add(new CodeShape(part.dtype(), part.rowContiguous(), kernel.rows() == 1));
    }
    return found;
  }

  private List<KernelTime> sample(List<TimedKernel> kernels, List<KernelBench> benches) {
    double[][] samples = new double[kernels.size()][pace.most()];
    List<KernelTime> times = List.of();
    for (int round = 0; round < pace.most(); round++) {
      for (int i = 0; i < benches.size(); i++) {
        samples[i][round] = benches.get(i).sample();
      }
      if (round + 1 >= pace.fewest()) {
        times = times(kernels, benches, samples, round + 1);
        if (times.stream().allMatch(this::isStable)) {
          return times;
        }
      }
    }
    return times;
  }

  private boolean isStable(KernelTime time) {
    return time.timing().notch() <= pace.spread() * time.timing().median();
  }

  private static List<KernelTime> times(
      List<TimedKernel> kernels, List<KernelBench> benches, double[][] samples, int rounds) {
    List<KernelTime> times = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      double[] taken = Arrays.copyOf(samples[i], rounds);
      TimingResult timing = TimingResult.of(taken, benches.get(i).calls());
      times.add(
          new KernelTime(kernels.get(i).parts().getFirst().dtype(), kernels.get(i).cost(), timing));
    }
    return times;
  }
}
