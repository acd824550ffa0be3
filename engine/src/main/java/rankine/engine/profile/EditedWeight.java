package rankine.engine.profile;

import java.util.Optional;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Editors;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.PruningRate;
import rankine.kernels.Matrix;

/**
 * The representations of an edited matrix. A low-rank method has both; magnitude pruning has only
 * the dense one; the zero matrix has only factors, of rank one.
 */
record EditedWeight(Optional<Replacement.Dense> dense, Optional<Replacement.FactorPair> factors) {

  /** Edits {@code w} by the method of {@code plan} at a rate above 0. */
  static EditedWeight of(
      String name, Matrix w, PruningRate rate, EditPlan plan, Decompositions decompositions) {
    Replacement replacement =
        edit(name, w, rate, plan.withFactored(FactoredMode.NEVER), decompositions);
    return switch (replacement) {
      case Replacement.FactorPair factors ->
          new EditedWeight(Optional.empty(), Optional.of(factors));
      case Replacement.Dense dense ->
          new EditedWeight(
              Optional.of(dense),
              hasFactors(plan)
                  ? Optional.of(
                      (Replacement.FactorPair)
                          edit(
                              name,
                              w,
                              rate,
                              plan.withFactored(FactoredMode.ALWAYS),
                              decompositions))
                  : Optional.empty());
    };
  }

  private static Replacement edit(
      String name, Matrix w, PruningRate rate, EditPlan plan, Decompositions decompositions) {
    return Editors.of(plan, decompositions).edit(name, w, rate);
  }

  /** Returns whether the method lowers the rank. */
  static boolean hasFactors(EditPlan plan) {
    return plan.method().isLowRank();
  }

  /** Returns the dense representation if present, otherwise the factors. */
  Replacement any() {
    return dense.<Replacement>map(d -> d).orElseGet(factors::orElseThrow);
  }
}
