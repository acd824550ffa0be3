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

/** Applies edits to a model as an overlay. */
public final class EditOverlay {
  private EditOverlay() {}

  /**
   * Returns a model in which every matrix that an edit selects is replaced. Replacements are
   * computed from the original weights. All other operations, and those at rate 0, are the same
   * objects as before.
   *
   * @param edits at most one per matrix
   * @param backend the backend of the model
   * @throws EditException for a layer or module that the model does not have, or a matrix with two
   *     edits
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
   * Checks that the edits fit the model, without computing anything.
   *
   * @return the names of the selected matrices, each with its edit
   * @throws EditException as in {@link #apply}
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
   * Returns the matrices that an edit selects, as stored, by name, in model order.
   *
   * @throws EditException as in {@link #apply}
   */
  public static Map<String, Matrix> matrices(Model model, Edit edit) {
    Map<String, Edit> byMatrix = check(model, List.of(edit));
    Map<String, Matrix> matrices = new LinkedHashMap<>();
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear && byMatrix.containsKey(linear.name())) {
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
            editor.edit(linear.name(), source, byMatrix.get(linear.name()).removal());
        edited.addAll(replace(linear, replacement, backend));
      } else {
        edited.add(op);
      }
    }
    return edited;
  }

  /** Returns the operations that take the place of {@code old}: one, or two thin products. */
  public static List<Op> replace(Op.Linear old, Replacement replacement, Backend backend) {
    return switch (replacement) {
      case Replacement.Dense(Matrix w) -> List.of(old.withWeight(backend.matrix(w)));
      case Replacement.FactorPair(Matrix left, Matrix right) ->
          FactoredLinear.of(old, backend.matrix(left), backend.matrix(right));
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

  /** Returns the names of the matrices of {@code layer} that the edit selects, at least one. */
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
    checkNotFactored(model, edit, layer);
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

  /**
   * Throws if the checkpoint stores a selected matrix as factors: it has no dense matrix to edit.
   */
  private static void checkNotFactored(Model model, Edit edit, int layer) {
    for (Module module : edit.modules().members()) {
      for (Op op : model.layers().get(layer)) {
        if (op instanceof Op.Linear linear && FactoredLinear.isLeftOf(module.in(layer), linear)) {
          // An edit that removes nothing stands for the matrices alone: no user gave it.
          throw new EditException(
              (edit.isNone() ? "" : "edit " + edit + ": ")
                  + "%s: expected a matrix, found factors of rank %d from an earlier pruning"
                      .formatted(module.in(layer), linear.weight().cols()));
        }
      }
    }
  }
}
