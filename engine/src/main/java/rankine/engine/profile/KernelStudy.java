package rankine.engine.profile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Removal;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;

/** Times the kernels of matrices, once per shape, type and layout. */
final class KernelStudy {
  private static final int DECODE_ROWS = 1;

  private final Map<TimedKernel.KernelOperand, List<String>> shapes = new LinkedHashMap<>();
  private final List<VariantRemovals> variants;
  private final int prefillRows;

  /** What a variant removes, by name of the matrix. */
  private record VariantRemovals(Optional<PruningRate> rate, Map<String, Edit> edits) {}

  /**
   * Creates a study of {@code matrices}, by name.
   *
   * @param model without edits
   * @param variants rate 0 has no factors and is not timed
   */
  KernelStudy(
      Model model,
      Map<String, Matrix> matrices,
      List<ProfileScope.ProfileVariant> variants,
      int prefillRows) {
    this.variants =
        variants.stream()
            .map(
                each ->
                    new VariantRemovals(each.rate(), EditOverlay.check(model, each.plan().edits())))
            .toList();
    this.prefillRows = prefillRows;
    matrices.forEach(
        (name, w) ->
            shapes
                .computeIfAbsent(
                    new TimedKernel.KernelOperand(w.rows(), w.cols(), w.dtype(), w.rowContiguous()),
                    operand -> new ArrayList<>())
                .add(name));
  }

  /** Returns how often {@link #run} calls {@code progress}. */
  int steps() {
    return 2 * shapes.size();
  }

  /** Returns the bytes of the largest timed matrix. */
  long largest() {
    return shapes.keySet().stream()
        .mapToLong(operand -> Math.max(operand.bytes(), edited(operand).bytes()))
        .max()
        .orElseThrow();
  }

  /** Times all kernels. */
  List<KernelProfile> run(KernelTimer timer, Runnable progress) {
    List<KernelProfile> profiles = new ArrayList<>();
    shapes.forEach(
        (operand, names) -> {
          List<KernelProfile.Phase> phases = new ArrayList<>();
          phases.add(phase("prefill", names, operand, prefillRows, timer));
          progress.run();
          phases.add(phase("decode", names, operand, DECODE_ROWS, timer));
          progress.run();
          profiles.add(new KernelProfile(names, operand.m(), operand.n(), operand.dtype(), phases));
        });
    return profiles;
  }

  private KernelProfile.Phase phase(
      String name,
      List<String> matrices,
      TimedKernel.KernelOperand operand,
      int rows,
      KernelTimer timer) {
    int m = operand.m();
    int n = operand.n();
    Map<Integer, List<PruningRate>> ranks = ranks(matrices, m, n);
    List<KernelTime> times = timer.time(kernels(operand, ranks.keySet(), rows));
    List<KernelProfile.AtRank> atRanks = new ArrayList<>();
    int next = 2;
    for (Map.Entry<Integer, List<PruningRate>> rank : ranks.entrySet()) {
      atRanks.add(
          new KernelProfile.AtRank(
              rank.getValue(),
              rank.getKey(),
              times.get(next++),
              times.get(next++),
              times.get(next++),
              FactoredMode.AUTO.keepsFactors(rank.getKey(), m, n)));
    }
    return new KernelProfile.Phase(
        name,
        rows,
        times.get(0),
        times.get(1),
        atRanks,
        crossover(edited(operand), rows, timer),
        operand.equals(edited(operand))
            ? Optional.empty()
            : Optional.of(crossover(operand, rows, timer)));
  }

  /** The dense kernels, as stored and as edited, then three for each rank. */
  private static List<TimedKernel> kernels(
      TimedKernel.KernelOperand operand, Set<Integer> ranks, int rows) {
    int m = operand.m();
    int n = operand.n();
    List<TimedKernel> kernels = new ArrayList<>();
    kernels.add(TimedKernel.of(operand, rows));
    kernels.add(TimedKernel.of(edited(operand), rows));
    for (int rank : ranks) {
      kernels.add(TimedKernel.of(TimedKernel.KernelOperand.edited(rank, n), rows));
      kernels.add(TimedKernel.of(TimedKernel.KernelOperand.edited(m, rank), rows));
      kernels.add(TimedKernel.factored(m, n, rank, rows));
    }
    return kernels;
  }

  /**
   * Returns about how many seconds {@link #run} takes.
   *
   * @param speed flops per second of a product
   */
  double seconds(TimingConfig config, double speed) {
    double seconds = 0;
    Set<KernelTimer.CodeShape> codes = new HashSet<>();
    for (Map.Entry<TimedKernel.KernelOperand, List<String>> shape : shapes.entrySet()) {
      TimedKernel.KernelOperand operand = shape.getKey();
      Set<Integer> ranks = ranks(shape.getValue(), operand.m(), operand.n()).keySet();
      for (int rows : new int[] {prefillRows, DECODE_ROWS}) {
        List<TimedKernel> kernels = new ArrayList<>(kernels(operand, ranks, rows));
        for (TimedKernel.KernelOperand dense : Set.copyOf(List.of(operand, edited(operand)))) {
          kernels.addAll(crossoverKernels(dense, rows));
        }
        for (TimedKernel kernel : kernels) {
          seconds += config.seconds(kernel.cost().seconds(speed), KernelTimer.isNew(kernel, codes));
        }
      }
    }
    return seconds;
  }

  /** As many as a search for a crossover times, at the middle rank. */
  private static List<TimedKernel> crossoverKernels(TimedKernel.KernelOperand dense, int rows) {
    int middle = Math.ceilDiv(Math.min(dense.m(), dense.n()), 2);
    List<TimedKernel> kernels = new ArrayList<>();
    kernels.addAll(Collections.nCopies(2, TimedKernel.of(dense, rows)));
    kernels.addAll(
        Collections.nCopies(
            Crossover.MOST_RANKS, TimedKernel.factored(dense.m(), dense.n(), middle, rows)));
    return kernels;
  }

  /** Measures the crossover between factors and a dense matrix stored as {@code operand}. */
  private static Crossover crossover(
      TimedKernel.KernelOperand operand, int rows, KernelTimer timer) {
    return Crossover.find(operand.m(), operand.n(), ranks -> steps(operand, ranks, rows, timer));
  }

  private static List<Crossover.CrossoverStep> steps(
      TimedKernel.KernelOperand operand, List<Integer> ranks, int rows, KernelTimer timer) {
    List<TimedKernel> kernels = new ArrayList<>();
    kernels.add(TimedKernel.of(operand, rows));
    ranks.forEach(rank -> kernels.add(TimedKernel.factored(operand.m(), operand.n(), rank, rows)));
    List<KernelTime> times = timer.time(kernels);
    double dense = times.getFirst().timing().median();
    List<Crossover.CrossoverStep> steps = new ArrayList<>();
    for (int i = 0; i < ranks.size(); i++) {
      steps.add(
          new Crossover.CrossoverStep(ranks.get(i), dense, times.get(i + 1).timing().median()));
    }
    return steps;
  }

  /**
   * Returns the ranks of matrices [m, n] with the rates that give them; rank 0 runs as factors of
   * rank one.
   */
  private Map<Integer, List<PruningRate>> ranks(List<String> matrices, int m, int n) {
    Map<Integer, List<PruningRate>> ranks = new LinkedHashMap<>();
    for (VariantRemovals variant : variants) {
      for (String matrix : matrices) {
        Removal removal = variant.edits.get(matrix).removal();
        if (!removal.isZero()) {
          List<PruningRate> rates =
              ranks.computeIfAbsent(Math.max(1, removal.rank(m, n)), k -> new ArrayList<>());
          variant.rate.filter(rate -> !rates.contains(rate)).ifPresent(rates::add);
        }
      }
    }
    return ranks;
  }

  private static TimedKernel.KernelOperand edited(TimedKernel.KernelOperand operand) {
    return TimedKernel.KernelOperand.edited(operand.m(), operand.n());
  }
}
