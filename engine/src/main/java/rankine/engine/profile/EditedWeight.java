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
 * The forms in which an edited matrix can be run. Both are there for a low rank; a method that
 * thins out elements has only the dense one, and where nothing is left of the matrix there are only
 * factors, zeros of rank one.
 */
record EditedWeight(Optional<Replacement.Dense> dense, Optional<Replacement.FactorPair> factors) {

  /** What {@code plan}'s method makes of {@code w} at a rate above 0. */
  static EditedWeight of(
      String name, Matrix w, PruningRate rate, EditPlan plan, Decompositions decompositions) {
    Replacement first = make(name, w, rate, plan.withFactored(FactoredMode.NEVER), decompositions);
    return switch (first) {
      case Replacement.FactorPair factors ->
          new EditedWeight(Optional.empty(), Optional.of(factors));
      case Replacement.Dense dense ->
          new EditedWeight(
              Optional.of(dense),
              hasFactors(plan)
                  ? Optional.of(
                      (Replacement.FactorPair)
                          make(
                              name,
                              w,
                              rate,
                              plan.withFactored(FactoredMode.ALWAYS),
                              decompositions))
                  : Optional.empty());
    };
  }

  private static Replacement make(
      String name, Matrix w, PruningRate rate, EditPlan plan, Decompositions decompositions) {
    return Editors.of(plan, decompositions).edit(name, w, rate);
  }

  /** Whether a method lowers the rank. */
  static boolean hasFactors(EditPlan plan) {
    return switch (plan.method()) {
      case EXACT, RANDOMIZED -> true;
      case MAGNITUDE, ZERO -> false;
    };
  }

  /** One that is there, the dense one first. */
  Replacement any() {
    return dense.<Replacement>map(d -> d).orElseGet(factors::orElseThrow);
  }
}
