package rankine.engine.edit;

import java.util.List;
import rankine.engine.model.Model;

/** The ranks that edits leave. */
public final class EditRanks {
  private EditRanks() {}

  /**
   * Returns the different ranks of the matrices of an edit, ascending: one, unless the matrices
   * have several sizes; none for a method that does not truncate an SVD. Reads shapes only.
   *
   * @param model has the matrices, dense
   */
  public static List<Integer> of(Model model, EditMethod method, Edit edit) {
    if (!method.isLowRank()) {
      return List.of();
    }
    return EditOverlay.matrices(model, edit).values().stream()
        .map(w -> edit.removal().rank(w.rows(), w.cols()))
        .distinct()
        .sorted()
        .toList();
  }

  /** Returns the different ranks of all edits of a plan, ascending. */
  public static List<Integer> of(Model model, EditPlan plan) {
    return plan.edits().stream()
        .flatMap(edit -> of(model, plan.method(), edit).stream())
        .distinct()
        .sorted()
        .toList();
  }
}
