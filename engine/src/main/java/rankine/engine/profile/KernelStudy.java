package rankine.engine.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.PruningRate;
import rankine.kernels.Matrix;

/** Times the kernels of some matrices, one study for each shape, type and layout. */
final class KernelStudy {
  private static final int DECODE_ROWS = 1;

  private final Map<TimedKernel.KernelOperand, List<String>> shapes = new LinkedHashMap<>();
  private final List<PruningRate> rates;
  private final int prefillRows;

  /**
   * Of {@code matrices}, by name.
   *
   * @param rates that of 0 has no factors and is not timed
   */
  KernelStudy(Map<String, Matrix> matrices, List<PruningRate> rates, int prefillRows) {
    this.rates = rates.stream().filter(rate -> !rate.isZero()).toList();
    this.prefillRows = prefillRows;
    matrices.forEach(
        (name, w) ->
            shapes
                .computeIfAbsent(
                    new TimedKernel.KernelOperand(w.rows(), w.cols(), w.dtype(), w.rowContiguous()),
                    part -> new ArrayList<>())
                .add(name));
  }

  /** How often {@code each} will be called. */
  int steps() {
    return 2 * shapes.size();
  }

  /** Bytes of the largest matrix that is timed. */
  long largest() {
    return shapes.keySet().stream()
        .mapToLong(part -> Math.max(part.bytes(), edited(part).bytes()))
        .max()
        .orElseThrow();
  }

  /** Runs it. */
  List<KernelProfile> run(KernelTimer timer, Runnable each) {
    List<KernelProfile> profiles = new ArrayList<>();
    shapes.forEach(
        (part, names) -> {
          List<KernelProfile.Phase> phases = new ArrayList<>();
          phases.add(phase("prefill", part, prefillRows, timer));
          each.run();
          phases.add(phase("decode", part, DECODE_ROWS, timer));
          each.run();
          profiles.add(new KernelProfile(names, part.m(), part.n(), part.dtype(), phases));
        });
    return profiles;
  }

  private KernelProfile.Phase phase(
      String name, TimedKernel.KernelOperand part, int rows, KernelTimer timer) {
    int m = part.m();
    int n = part.n();
    Map<Integer, List<PruningRate>> ranks = ranks(m, n);
    List<TimedKernel> kernels = new ArrayList<>();
    kernels.add(TimedKernel.of(part, rows));
    kernels.add(TimedKernel.of(edited(part), rows));
    for (int rank : ranks.keySet()) {
      kernels.add(TimedKernel.of(TimedKernel.KernelOperand.edited(rank, n), rows));
      kernels.add(TimedKernel.of(TimedKernel.KernelOperand.edited(m, rank), rows));
      kernels.add(TimedKernel.factored(m, n, rank, rows));
    }
    List<KernelTime> times = timer.time(kernels);
    List<KernelProfile.AtRank> found = new ArrayList<>();
    int at = 2;
    for (Map.Entry<Integer, List<PruningRate>> rank : ranks.entrySet()) {
      found.add(
          new KernelProfile.AtRank(
              rank.getValue(),
              rank.getKey(),
              times.get(at++),
              times.get(at++),
              times.get(at++),
              FactoredMode.AUTO.keepsFactors(rank.getKey(), m, n)));
    }
    return new KernelProfile.Phase(
        name,
        rows,
        times.get(0),
        times.get(1),
        found,
        crossover(edited(part), rows, timer),
        part.equals(edited(part)) ? Optional.empty() : Optional.of(crossover(part, rows, timer)));
  }

  /** Of factors with a matrix stored as {@code part}. */
  private static Crossover crossover(TimedKernel.KernelOperand part, int rows, KernelTimer timer) {
    return Crossover.find(part.m(), part.n(), ranks -> steps(part, ranks, rows, timer));
  }

  private static List<Crossover.CrossoverStep> steps(
      TimedKernel.KernelOperand part, List<Integer> ranks, int rows, KernelTimer timer) {
    List<TimedKernel> kernels = new ArrayList<>();
    kernels.add(TimedKernel.of(part, rows));
    ranks.forEach(rank -> kernels.add(TimedKernel.factored(part.m(), part.n(), rank, rows)));
    List<KernelTime> times = timer.time(kernels);
    double dense = times.getFirst().timing().median();
    List<Crossover.CrossoverStep> steps = new ArrayList<>();
    for (int i = 0; i < ranks.size(); i++) {
      steps.add(
          new Crossover.CrossoverStep(ranks.get(i), dense, times.get(i + 1).timing().median()));
    }
    return steps;
  }

  /** The ranks that the rates keep; where nothing is left, factors of rank one are run. */
  private Map<Integer, List<PruningRate>> ranks(int m, int n) {
    Map<Integer, List<PruningRate>> ranks = new LinkedHashMap<>();
    for (PruningRate rate : rates) {
      ranks.computeIfAbsent(Math.max(1, rate.rank(m, n)), k -> new ArrayList<>()).add(rate);
    }
    return ranks;
  }

  private static TimedKernel.KernelOperand edited(TimedKernel.KernelOperand part) {
    return TimedKernel.KernelOperand.edited(part.m(), part.n());
  }
}
