package rankine.engine.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.engine.edit.Factored;
import rankine.engine.lowrank.ClippingRate;
import rankine.kernels.Matrix;

/** Times the kernels of some matrices, one study for each shape, type and layout. */
final class KernelStudy {
  private static final int DECODE_ROWS = 1;

  private final Map<Kernel.Part, List<String>> shapes = new LinkedHashMap<>();
  private final List<ClippingRate> rates;
  private final int prefillRows;

  /**
   * Of {@code matrices}, by name.
   *
   * @param rates that of 0 has no factors and is not timed
   */
  KernelStudy(Map<String, Matrix> matrices, List<ClippingRate> rates, int prefillRows) {
    this.rates = rates.stream().filter(rate -> !rate.isZero()).toList();
    this.prefillRows = prefillRows;
    matrices.forEach(
        (name, w) ->
            shapes
                .computeIfAbsent(
                    new Kernel.Part(w.rows(), w.cols(), w.dtype(), w.rowContiguous()),
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

  private KernelProfile.Phase phase(String name, Kernel.Part part, int rows, KernelTimer timer) {
    int m = part.m();
    int n = part.n();
    Map<Integer, List<ClippingRate>> ranks = ranks(m, n);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(Kernel.of(part, rows));
    kernels.add(Kernel.of(edited(part), rows));
    for (int rank : ranks.keySet()) {
      kernels.add(Kernel.of(Kernel.Part.edited(rank, n), rows));
      kernels.add(Kernel.of(Kernel.Part.edited(m, rank), rows));
      kernels.add(Kernel.factored(m, n, rank, rows));
    }
    List<KernelTime> times = timer.time(kernels);
    List<KernelProfile.AtRank> found = new ArrayList<>();
    int at = 2;
    for (Map.Entry<Integer, List<ClippingRate>> rank : ranks.entrySet()) {
      found.add(
          new KernelProfile.AtRank(
              rank.getValue(),
              rank.getKey(),
              times.get(at++),
              times.get(at++),
              times.get(at++),
              Factored.AUTO.keepsFactors(rank.getKey(), m, n)));
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
  private static Crossover crossover(Kernel.Part part, int rows, KernelTimer timer) {
    return Crossover.find(part.m(), part.n(), ranks -> steps(part, ranks, rows, timer));
  }

  private static List<Crossover.Step> steps(
      Kernel.Part part, List<Integer> ranks, int rows, KernelTimer timer) {
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(Kernel.of(part, rows));
    ranks.forEach(rank -> kernels.add(Kernel.factored(part.m(), part.n(), rank, rows)));
    List<KernelTime> times = timer.time(kernels);
    double dense = times.getFirst().timing().median();
    List<Crossover.Step> steps = new ArrayList<>();
    for (int i = 0; i < ranks.size(); i++) {
      steps.add(new Crossover.Step(ranks.get(i), dense, times.get(i + 1).timing().median()));
    }
    return steps;
  }

  /** The ranks that the rates keep; where nothing is left, factors of rank one are run. */
  private Map<Integer, List<ClippingRate>> ranks(int m, int n) {
    Map<Integer, List<ClippingRate>> ranks = new LinkedHashMap<>();
    for (ClippingRate rate : rates) {
      ranks.computeIfAbsent(Math.max(1, rate.rank(m, n)), k -> new ArrayList<>()).add(rate);
    }
    return ranks;
  }

  private static Kernel.Part edited(Kernel.Part part) {
    return Kernel.Part.edited(part.m(), part.n());
  }
}
