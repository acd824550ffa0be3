package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.SweepListener;
import rankine.kernels.Matrix;

/**
 * Layer choice of Algorithm 1 of Yao et al. (arXiv 2406.03768): of the deeper half, the layer whose
 * matrices have the largest condition number σ₁/σ_r, r the numerical rank ({@link Svd#condition}).
 * It reads weights only, and no examples of any task.
 *
 * @param layers every layer of the model, in order
 * @param chosen the layer of the deeper half with the largest condition number; ties go to the
 *     deepest
 */
public record LayerGuide(ModuleSelection modules, List<GuidedLayer> layers, int chosen) {
  /** Note on the choice, for every report of it. */
  public static final String NOTE =
      "the layer is the one of the deeper half with the largest condition number: a guide that saw"
          + " weights only, no data";

  /** Copies the list. */
  public LayerGuide {
    layers = List.copyOf(layers);
  }

  /**
   * Condition number of one matrix.
   *
   * @param condition absent for the zero matrix
   */
  public record MatrixCondition(String name, int numericalRank, OptionalDouble condition) {
    static MatrixCondition of(String name, Svd svd) {
      int rank = svd.numericalRank();
      return new MatrixCondition(
          name, rank, rank == 0 ? OptionalDouble.empty() : OptionalDouble.of(svd.condition()));
    }
  }

  /**
   * Condition numbers of one layer.
   *
   * @param deeper whether it belongs to the deeper half, from which one is chosen
   * @param matrices those of the module, in the order of the block
   */
  public record GuidedLayer(int layer, boolean deeper, List<MatrixCondition> matrices) {
    /** Copies the list. */
    public GuidedLayer {
      matrices = List.copyOf(matrices);
    }

    /** The largest condition number of its matrices; absent if all of them are zero. */
    public OptionalDouble condition() {
      return matrices.stream()
          .filter(m -> m.condition().isPresent())
          .mapToDouble(m -> m.condition().getAsDouble())
          .max();
    }
  }

  /**
   * Decomposes the matrices of every layer. Of an odd number of layers, the middle one belongs to
   * the deeper half.
   *
   * @throws EditException for modules that the model does not have, or if all matrices of the
   *     deeper half are zero
   * @throws rankine.common.EditException for an element that is not finite
   */
  public static LayerGuide of(LoadedModel loaded, ModuleSelection modules, SweepListener listener) {
    int count = loaded.model().layers().size();
    List<GuidedLayer> layers = new ArrayList<>();
    listener.begin("condition numbers of " + modules.name());
    try {
      for (int layer = 0; layer < count; layer++) {
        layers.add(new GuidedLayer(layer, layer >= count / 2, conditions(loaded, modules, layer)));
        listener.progress(layer + 1, count);
      }
    } finally {
      listener.end();
    }
    return new LayerGuide(modules, layers, choose(modules, layers));
  }

  private static List<MatrixCondition> conditions(
      LoadedModel loaded, ModuleSelection modules, int layer) {
    Map<String, Matrix> matrices =
        EditOverlay.matrices(loaded.model(), new Edit(layer, modules, PruningRate.ZERO));
    List<MatrixCondition> conditions = new ArrayList<>();
    matrices.forEach(
        (name, w) ->
            conditions.add(MatrixCondition.of(name, loaded.decompositions().exact(name, w))));
    return conditions;
  }

  static int choose(ModuleSelection modules, List<GuidedLayer> layers) {
    GuidedLayer chosen = null;
    for (GuidedLayer layer : layers) {
      OptionalDouble condition = layer.condition();
      if (layer.deeper
          && condition.isPresent()
          && (chosen == null || condition.getAsDouble() >= chosen.condition().getAsDouble())) {
        chosen = layer;
      }
    }
    if (chosen == null) {
      throw new EditException(
          "layer: expected a matrix of %s in the deeper half that is not zero, found none"
              .formatted(modules.name()));
    }
    return chosen.layer;
  }

  /**
   * One entry per layer: {@code layer}, {@code module}, {@code candidate}, and its condition
   * numbers.
   */
  public ArrayNode toJson() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (GuidedLayer layer : layers) {
      ObjectNode entry = json.addObject();
      entry.put("layer", layer.layer).put("module", modules.name()).put("candidate", layer.deeper);
      layer.condition().ifPresent(value -> entry.put("condition_number", value));
      ArrayNode matrices = entry.putArray("matrices");
      for (MatrixCondition matrix : layer.matrices) {
        ObjectNode matrixEntry = matrices.addObject().put("matrix", matrix.name);
        matrixEntry.put("numerical_rank", matrix.numericalRank);
        matrix.condition.ifPresent(value -> matrixEntry.put("condition_number", value));
      }
    }
    return json;
  }
}
