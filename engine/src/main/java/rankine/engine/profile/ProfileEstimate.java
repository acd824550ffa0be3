package rankine.engine.profile;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.lowrank.Removal;
import rankine.engine.model.ModelConfig;
import rankine.engine.profile.ProfileScope.ProfileVariant;
import rankine.engine.run.ForwardSpeed;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.ExecutorSpeed;
import rankine.engine.scale.GridCost.TargetCost;
import rankine.kernels.Matrix;

/**
 * About how long a study takes.
 *
 * @param forward seconds of forward passes: the text under each model, and up to the last edited
 *     layer
 * @param decomposition seconds of decompositions, edited matrices and their errors
 * @param timing seconds of kernel timing
 */
public record ProfileEstimate(double forward, double decomposition, double timing) {
  /** Returns the sum, with the time in which a process compiles its first kernels. */
  public double seconds() {
    return forward + decomposition + timing + ExecutorSpeed.COMPILATION;
  }

  /**
   * Counts the text and the matrices; runs nothing.
   *
   * @return the estimate for a process by the flops per second of its forward pass
   * @throws rankine.common.RankineException as in {@link Profile#run}
   */
  public static DoubleFunction<ProfileEstimate> of(LoadedModel loaded, ProfileRequest request) {
    List<ProfileVariant> variants = request.scope().variants();
    Map<Integer, Map<String, Matrix>> layers = Profile.layers(loaded, request);
    double forward = forwardFlops(loaded, request, layers.keySet());
    double edits = edits(loaded, variants, layers.values());
    Optional<KernelStudy> kernels = Profile.kernels(loaded, request, layers);
    return speed ->
        new ProfileEstimate(
            forward / speed,
            edits / ExecutorSpeed.ofForward(speed).decomposition(),
            kernels
                .map(study -> study.seconds(request.timing().orElseThrow().config(), speed))
                .orElse(0.0));
  }

  private static double forwardFlops(
      LoadedModel loaded, ProfileRequest request, Set<Integer> layers) {
    ModelConfig config = loaded.model().config();
    double token = ForwardSpeed.flopsPerToken(loaded);
    double head = 2.0 * config.hiddenSize() * config.vocabSize();
    double positions;
    double examples;
    if (request.text() instanceof TextSource.TaskSource source) {
      TaskPrompts prompts = ExampleStudy.prompts(loaded, source);
      positions = ExampleStudy.text(prompts).positions();
      examples = prompts.batch().tree().rows();
    } else {
      positions = Profile.text(loaded, request.text()).positions();
      examples = 0;
    }
    // The plain model and each variant read everything.
    int models = request.scope().variants().size() + 1;
    double read = models * (positions * (token + head) + examples * token);
    int captured = layers.stream().mapToInt(layer -> layer + 1).max().orElse(0);
    return read + positions * captured * token / config.layers();
  }

  /** Decompositions, which serve all variants, and the products of edits and their errors. */
  private static double edits(
      LoadedModel loaded, List<ProfileVariant> variants, Collection<Map<String, Matrix>> layers) {
    Map<String, Matrix> matrices = new HashMap<>();
    layers.forEach(matrices::putAll);
    double flops = 0;
    if (variants.getFirst().plan().method().isLowRank()) {
      List<int[]> shapes =
          matrices.values().stream().map(w -> new int[] {w.rows(), w.cols()}).toList();
      flops = TargetCost.of(0, shapes, List.of()).decomposition();
    }
    for (ProfileVariant variant : variants) {
      Map<String, Edit> edits = EditOverlay.check(loaded.original(), variant.plan().edits());
      for (Map.Entry<String, Edit> edit : edits.entrySet()) {
        Matrix w = matrices.get(edit.getKey());
        Removal removal = edit.getValue().removal();
        flops +=
            removal.isZero() ? 0 : 2.0 * w.rows() * w.cols() * removal.rank(w.rows(), w.cols());
      }
    }
    return flops;
  }
}
