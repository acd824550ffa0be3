package rankine.engine.scale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The cost of a grid of searches, in floating-point operations (flops).
 *
 * <p>A token costs {@code flopsPerLayer} in each layer that runs. Not counted: attention scores and
 * the head, which for short prompts are a few percent; what several edited models share after the
 * edit; calibration texts.
 *
 * @param layers of the model
 * @param flopsPerLayer of one token in one layer: two per weight
 * @param weightBytes that an executor reads and hashes when it starts
 * @param rates above 0
 * @param prompts one per benchmark and seed
 * @param targets in ascending order of their first layer
 */
public record GridCost(
    int layers,
    double flopsPerLayer,
    long weightBytes,
    int rates,
    List<PromptCost> prompts,
    List<TargetCost> targets) {

  /**
   * The tokens of a benchmark with one seed.
   *
   * @param validation of the whole split, the shared prefix once
   * @param test likewise
   * @param replayed whether layers below an edit run once for all rates; generated answers run
   *     whole
   */
  public record PromptCost(long validation, long test, boolean replayed) {}

  /**
   * What is edited.
   *
   * @param layer the first that changes, from 0
   * @param decomposition flops of its matrices' decompositions, which serve all rates
   * @param edits flops of one group's edited matrices, all rates together
   */
  public record TargetCost(int layer, double decomposition, double edits) {
    /**
     * Returns the cost of matrices that are pruned together.
     *
     * @param shapes rows and columns of each
     * @param rates above 0
     */
    public static TargetCost of(int layer, List<int[]> shapes, List<Double> rates) {
      double decomposition = 0;
      double edits = 0;
      for (int[] shape : shapes) {
        double m = shape[0];
        double n = shape[1];
        double r = Math.min(m, n);
        // Gram matrix and the other factor: 4 m n r; eigenvectors of [r, r]: about 9 r³.
        decomposition += 4 * m * n * r + 9 * r * r * r;
        for (double rate : rates) {
          double kept = Math.floor((1 - rate) * r);
          boolean factored = kept * (m + n) < m * n;
          // A product of the factors, or the matrix less the removed triplets.
          edits += factored ? 0 : 2 * m * n * Math.min(kept, r - kept);
        }
      }
      return new TargetCost(layer, decomposition, edits);
    }
  }

  /** Copies the lists. */
  public GridCost {
    prompts = List.copyOf(prompts);
    targets = List.copyOf(targets);
  }

  /**
   * Returns the cost of a greedy search: the targets again in each step, but for one that the step
   * before took. What is decomposed is kept.
   */
  public GridCost repeated(int steps) {
    List<TargetCost> all = new ArrayList<>(targets);
    for (int step = 1; step < Math.min(steps, targets.size()); step++) {
      // Which one is taken is unknown; without the deepest, the cheapest, the rest costs most.
      targets.subList(0, targets.size() - step).stream()
          .map(target -> new TargetCost(target.layer, 0, target.edits))
          .forEach(all::add);
    }
    all.sort(Comparator.comparingInt(TargetCost::layer));
    return new GridCost(layers, flopsPerLayer, weightBytes, rates, prompts, all);
  }

  /** Returns the number of groups. */
  public int groups() {
    return prompts.size() * targets.size();
  }

  /** Returns the flops of the unedited model on both splits. */
  double plain(PromptCost prompt) {
    return (double) (prompt.validation + prompt.test) * layers * flopsPerLayer;
  }

  /**
   * Returns the flops of one group after the prefix: every rate on validation, one on test. Which
   * rate is chosen is unknown; rate 0 would cost nothing.
   */
  double group(PromptCost prompt, TargetCost target) {
    double tokens = (double) rates * prompt.validation + prompt.test;
    int run = prompt.replayed ? layers - target.layer : layers;
    return tokens * run * flopsPerLayer + target.edits;
  }

  /**
   * Returns the flops that take the stored activations of a benchmark from one layer to another.
   */
  double advance(PromptCost prompt, int from, int to) {
    return prompt.replayed
        ? (double) (prompt.validation + prompt.test) * (to - from) * flopsPerLayer
        : 0;
  }
}
