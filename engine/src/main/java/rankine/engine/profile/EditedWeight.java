package rankine.engine.profile;

import java.util.Optional;
import java.util.function.Supplier;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Replacement;

/**
 * The representations of an edited matrix. A low-rank method has both; magnitude pruning has only
 * the dense one; the zero matrix has only factors, of rank one.
 */
record EditedWeight(Optional<Replacement.Dense> dense, Optional<Replacement.FactorPair> factors) {

  /**
   * Collects the forms of a replacement.
   *
   * @param replacement dense, or factors that are smaller whatever the mode
   * @param factored the same as factors; asked for where {@code replacement} is dense; empty for a
   *     method that gives none
   */
  static EditedWeight of(Replacement replacement, Supplier<Optional<Replacement>> factored) {
    return switch (replacement) {
      case Replacement.FactorPair factors ->
          new EditedWeight(Optional.empty(), Optional.of(factors));
      case Replacement.Dense dense ->
          new EditedWeight(
              Optional.of(dense), factored.get().map(other -> (Replacement.FactorPair) other));
    };
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
