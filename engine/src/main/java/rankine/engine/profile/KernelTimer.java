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
  private record Kind(DType dtype, boolean rowContiguous, boolean oneRow) {}

  private final Backend backend;
  private final KvShape shape;
  private final WeightPool pool;
  private final Pace pace;
  private final Set<Kind> warm = new HashSet<>();

  KernelTimer(Backend backend, KvShape shape, WeightPool pool, Pace pace) {
    this.backend = backend;
    this.shape = shape;
    this.pool = pool;
    this.pace = pace;
  }

  /** What each of {@code kernels} takes, in their order. */
  List<KernelTime> time(List<Kernel> kernels) {
    List<Bench> benches = new ArrayList<>();
    try {
      for (Kernel kernel : kernels) {
        Bench bench = new Bench(backend, shape, kernel, pool);
        benches.add(bench);
        bench.warmUp(isNew(kernel) ? pace.firstWarmUp() : pace.warmUp(), pace.sample());
      }
      return sample(kernels, benches);
    } finally {
      benches.forEach(Bench::close);
    }
  }

  private boolean isNew(Kernel kernel) {
    boolean found = false;
    for (Kernel.Part part : kernel.parts()) {
      found |= warm.add(new Kind(part.dtype(), part.rowContiguous(), kernel.rows() == 1));
    }
    return found;
  }

  private List<KernelTime> sample(List<Kernel> kernels, List<Bench> benches) {
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
      List<Kernel> kernels, List<Bench> benches, double[][] samples, int rounds) {
    List<KernelTime> times = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      double[] taken = Arrays.copyOf(samples[i], rounds);
      Timing timing = Timing.of(taken, benches.get(i).calls());
      times.add(
          new KernelTime(kernels.get(i).parts().getFirst().dtype(), kernels.get(i).cost(), timing));
    }
    return times;
  }
}
