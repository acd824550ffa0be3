package rankine.engine.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.KeptRank;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.model.Model;
import rankine.engine.model.Module;
import rankine.kernels.Matrix;

/**
 * {@link rankine.engine.edit.RankAllocation#LOSS}: ranks with as many parameters as uniform ones,
 * and the least sum over the matrices of {@code ‖W X − W' X‖² / ‖W X‖²}.
 *
 * <p>The k-th rank of a matrix [m, n] takes the share of its k-th eigenvalue off that sum and costs
 * m + n parameters. Shares fall with k, so taking the best share per parameter first is optimal but
 * for what is left over at the end. A sum of errors says little of the loss of a whole model:
 * allocation by it alone was worse than uniform, so half of every uniform rank is never taken away.
 */
public final class LossAllocation {
  private LossAllocation() {}

  /**
   * A matrix that takes part.
   *
   * @param rows m
   * @param cols n
   * @param uniform rank in the uniform allocation, from 1 to min(m, n)
   * @param multiple of the ranks
   * @param spectrum eigenvalues of {@code W H Wᵀ}, descending, at least min(m, n)
   * @param total sum of the spectrum
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record RankedMatrix(
      int rows, int cols, int uniform, int multiple, double[] spectrum, double total) {
    RankedMatrix(int rows, int cols, int uniform, int multiple, double[] spectrum) {
      this(rows, cols, uniform, multiple, spectrum, sum(spectrum, 0, spectrum.length));
    }

    /** Parameters that a rank costs. */
    long cost() {
      return (long) rows + cols;
    }

    /** Half of the uniform rank, rounded up. */
    int least() {
      return Math.min(uniform, Math.ceilDiv(Math.ceilDiv(uniform, 2), multiple) * multiple);
    }

    /** The largest rank whose factors are no larger than the matrix. */
    int most() {
      int aligned = Math.toIntExact((long) rows * cols / cost()) / multiple * multiple;
      return Math.max(uniform, aligned);
    }

    /** Share of the eigenvalues from {@code from} to {@code to}, exclusive; 0 without any. */
    double share(int from, int to) {
      return total == 0 ? 0 : sum(spectrum, from, to) / total;
    }

    /** Sums from the smallest, which rounds least. */
    private static double sum(double[] spectrum, int from, int to) {
      double sum = 0;
      for (int i = Math.min(to, spectrum.length) - 1; i >= from; i--) {
        sum += Math.max(0, spectrum[i]); // rounding may leave a negative one
      }
      return sum;
    }

    /** {@code ‖W X − W' X‖² / ‖W X‖²} at a rank. */
    double squaredError(int rank) {
      return share(rank, spectrum.length);
    }
  }

  /** Ranks from {@code from} to {@code to} of a matrix, and what each parameter of them gains. */
  private record RankStep(int matrix, int from, int to, double gain) {}

  /**
   * Returns a plan with a rank for each matrix that {@code uniform} edits, in model order.
   *
   * @param model without edits
   * @param uniform its edits keep a rank of every matrix that they select
   * @param spectra of these matrices, by name: {@link CalibratedCompression#spectra}
   */
  public static EditPlan of(Model model, EditPlan uniform, Map<String, double[]> spectra) {
    Map<String, RankedMatrix> matrices = new LinkedHashMap<>();
    for (Edit edit : uniform.edits()) {
      int multiple = edit.removal() instanceof ParameterRatio ratio ? ratio.multiple() : 1;
      for (Map.Entry<String, Matrix> entry : EditOverlay.matrices(model, edit).entrySet()) {
        Matrix w = entry.getValue();
        int rank = edit.removal().rank(w.rows(), w.cols());
        matrices.put(
            entry.getKey(),
            new RankedMatrix(w.rows(), w.cols(), rank, multiple, spectra.get(entry.getKey())));
      }
    }
    List<Integer> ranks = ranks(List.copyOf(matrices.values()));
    Map<String, Integer> byName = new LinkedHashMap<>();
    for (String name : matrices.keySet()) {
      byName.put(name, ranks.get(byName.size()));
    }
    List<Edit> edits = new ArrayList<>();
    for (int layer = 0; layer < model.layers().size(); layer++) {
      for (Module module : Module.values()) {
        Integer rank = byName.get(module.in(layer));
        if (rank != null) {
          edits.add(new Edit(layer, ModuleSelection.of(module.label()), new KeptRank(rank)));
        }
      }
    }
    return uniform.withEdits(edits);
  }

  /** Returns the ranks, in order; the uniform ones where no others are better. */
  static List<Integer> ranks(List<RankedMatrix> matrices) {
    PriorityQueue<RankStep> steps =
        new PriorityQueue<>(
            Comparator.comparingDouble((RankStep step) -> -step.gain)
                .thenComparingInt(RankStep::matrix)); // ties: the same ranks in every run
    List<Integer> ranks = new ArrayList<>();
    long left = 0;
    for (RankedMatrix matrix : matrices) {
      int least = matrix.least();
      left += (matrix.uniform - least) * matrix.cost();
      addStep(steps, matrix, ranks.size(), least);
      ranks.add(least);
    }
    while (!steps.isEmpty()) {
      RankStep step = steps.remove();
      RankedMatrix matrix = matrices.get(step.matrix);
      long cost = (step.to - step.from) * matrix.cost();
      if (cost <= left) {
        left -= cost;
        ranks.set(step.matrix, step.to);
        addStep(steps, matrix, step.matrix, step.to);
      }
    }
    List<Integer> uniform = matrices.stream().map(RankedMatrix::uniform).toList();
    // What is left over may have been worth more in a matrix that it did not suffice for.
    return squaredError(matrices, ranks) <= squaredError(matrices, uniform) ? ranks : uniform;
  }

  private static void addStep(
      PriorityQueue<RankStep> steps, RankedMatrix matrix, int index, int from) {
    int to = Math.min(from + matrix.multiple, matrix.most());
    if (to > from) {
      double gain = matrix.share(from, to) / ((to - from) * (double) matrix.cost());
      steps.add(new RankStep(index, from, to, gain));
    }
  }

  /** Returns the sum over the matrices of the relative squared errors. */
  static double squaredError(List<RankedMatrix> matrices, List<Integer> ranks) {
    double sum = 0;
    for (int i = 0; i < matrices.size(); i++) {
      sum += matrices.get(i).squaredError(ranks.get(i));
    }
    return sum;
  }
}
