package rankine.engine.edit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import rankine.common.EditException;
import rankine.engine.model.FactoredLinear;
import rankine.engine.model.Model;
import rankine.engine.model.Module;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/** Edits put on a model as an overlay. */
public final class EditOverlay {
  private EditOverlay() {}

  /**
   * A model in which every matrix that an edit names is replaced, always from the original weights.
   * All other operations, and all those of rate 0, are the same objects as before.
   *
   * @param edits no two of them about one matrix
   * @param backend the model's
   * @throws EditException for a layer or module that the model does not have, or a matrix named
   *     twice
   */
  public static Model apply(Model model, List<Edit> edits, MatrixEditor editor, Backend backend) {
    Map<String, Edit> byMatrix = check(model, edits);
    Model edited = model;
    for (int layer = 0; layer < model.layers().size(); layer++) {
      edited = edited.withLayer(layer, edit(model.layers().get(layer), byMatrix, editor, backend));
    }
    return edited;
  }

  /**
   * Whether the model can have these edits; cheap.
   *
   * @return the matrices that they name, each with its edit
   * @throws EditException as {@link #apply}
   */
  public static Map<String, Edit> check(Model model, List<Edit> edits) {
    Map<String, Edit> byMatrix = new LinkedHashMap<>();
    for (Edit edit : edits) {
      for (int layer : layers(model, edit)) {
        for (String name : matrices(model, edit, layer)) {
          Edit other = byMatrix.putIfAbsent(name, edit);
          if (other != null) {
            throw new EditException(
                "edit: expected each matrix once, found %s in %s and %s"
                    .formatted(name, other, edit));
          }
        }
      }
    }
    return byMatrix;
  }

  /**
   * The matrices that an edit is about, by name, in the order of the model, as they are stored.
   *
   * @throws EditException as {@link #apply}
   */
  public static Map<String, Matrix> matrices(Model model, Edit edit) {
    Map<String, Edit> named = check(model, List.of(edit));
    Map<String, Matrix> matrices = new LinkedHashMap<>();
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear && named.containsKey(linear.name())) {
          matrices.put(linear.name(), linear.weight().source());
        }
      }
    }
    return matrices;
  }

  private static List<Op> edit(
      List<Op> layer, Map<String, Edit> byMatrix, MatrixEditor editor, Backend backend) {
    List<Op> edited = new ArrayList<>();
    for (Op op : layer) {
      if (op instanceof Op.Linear linear
          && byMatrix.containsKey(linear.name())
          && !byMatrix.get(linear.name()).isNone()) {
        Matrix source = linear.weight().source();
        Replacement replacement =
            editor.edit(linear.name(), source, byMatrix.get(linear.name()).rate());
        edited.addAll(replace(linear, replacement, backend));
      } else {
        edited.add(op);
      }
    }
    return edited;
  }

  private static List<Op> replace(Op.Linear old, Replacement replacement, Backend backend) {
    return switch (replacement) {
      case Replacement.Dense(Matrix w) ->
          List.of(
              new Op.Linear(
                  old.name(),
                  old.in(),
                  backend.matrix(w),
                  old.bias(),
                  old.accumulate(),
                  old.out()));
      case Replacement.FactorPair(Matrix left, Matrix right) ->
          FactoredLinear.thin(old, backend.matrix(left), backend.matrix(right));
    };
  }

  private static List<Integer> layers(Model model, Edit edit) {
    int count = model.layers().size();
    if (edit.layer() == Edit.EVERY_LAYER) {
      List<Integer> all = new ArrayList<>();
      for (int layer = 0; layer < count; layer++) {
        all.add(layer);
      }
      return all;
    }
    if (edit.layer() >= count) {
      throw new EditException(
          "edit %s: layer: expected -1 to %d, found %d".formatted(edit, count - 1, edit.layer()));
    }
    return List.of(edit.layer());
  }

  /** The names of the matrices of {@code layer} that the edit is about, at least one. */
  private static List<String> matrices(Model model, Edit edit, int layer) {
    Map<String, Module> present = new HashMap<>();
    for (Module module : Module.values()) {
      present.put(module.in(layer), module);
    }
    List<String> names =
        model.layers().get(layer).stream()
            .filter(Op.Linear.class::isInstance)
            .map(op -> ((Op.Linear) op).name())
            .filter(present::containsKey)
            .toList();
    refuseFactored(model, edit, layer);
    List<String> chosen =
        names.stream()
            .filter(name -> edit.modules().members().contains(present.get(name)))
            .toList();
    if (chosen.isEmpty()) {
      throw new EditException(
          "edit %s: module: expected one of %s, found %s"
              .formatted(
                  edit,
                  names.stream()
                      .map(name -> present.get(name).label())
                      .collect(Collectors.joining(", ")),
                  edit.modules().name()));
    }
    return chosen;
  }

  /** A matrix that the checkpoint holds as factors is not there to be edited. */
  private static void refuseFactored(Model model, Edit edit, int layer) {
    for (Module module : edit.modules().members()) {
      for (Op op : model.layers().get(layer)) {
        if (op instanceof Op.Linear linear && FactoredLinear.isLeftOf(module.in(layer), linear)) {
          throw new EditException(
              "edit %s: %s: expected a matrix, found factors of rank %d, kept by an earlier pruning"
                  .formatted(edit, module.in(layer), linear.weight().cols()));
        }
      }
    }
  }
}
