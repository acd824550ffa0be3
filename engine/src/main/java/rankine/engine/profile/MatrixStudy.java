package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * The errors of matrices at each rate, each derived from the original and really applied.
 *
 * @param plan the method; its edits are not looked at
 */
record MatrixStudy(LoadedModel loaded, EditPlan plan, List<PruningRate> rates) {

  /**
   * Of one matrix.
   *
   * @param x what enters it, [positions, w.cols]
   * @param each is called after every rate
   */
  MatrixProfile of(String name, Matrix w, Matrix x, Runnable each) {
    List<MatrixProfile.AtRate> found = new ArrayList<>();
    for (PruningRate rate : rates) {
      found.add(rate.isZero() ? untouched(w, rate) : edited(name, w, x, rate));
      each.run();
    }
    return new MatrixProfile(name, w, found);
  }

  private MatrixProfile.AtRate untouched(Matrix w, PruningRate rate) {
    return new MatrixProfile.AtRate(
        rate,
        rank(w, rate),
        1,
        0,
        OutputError.NONE,
        Optional.of(w.dtype()),
        Optional.empty(),
        false);
  }

  private MatrixProfile.AtRate edited(String name, Matrix w, Matrix x, PruningRate rate) {
    EditedWeight forms = EditedWeight.of(name, w, rate, plan, loaded.decompositions());
    MatrixError distance = MatrixError.of(w, forms.any());
    Optional<DType> dense = forms.dense().map(d -> d.w().dtype());
    Optional<DType> factored = forms.factors().map(f -> f.left().dtype());
    return new MatrixProfile.AtRate(
        rate,
        rank(w, rate),
        distance.energy(),
        distance.relativeError(),
        OutputError.of(w, forms, x, loaded.backend().backend(), loaded.model().config().kvShape()),
        dense,
        factored,
        autoFactored(w, forms));
  }

  private boolean autoFactored(Matrix w, EditedWeight forms) {
    return forms.dense().isEmpty()
        || forms
            .factors()
            .map(f -> FactoredMode.AUTO.keepsFactors(kept(f), w.rows(), w.cols()))
            .orElse(false);
  }

  private static int kept(Replacement.FactorPair factors) {
    return factors.left().cols();
  }

  private OptionalInt rank(Matrix w, PruningRate rate) {
    if (!EditedWeight.hasFactors(plan)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        rate.isZero() ? Math.min(w.rows(), w.cols()) : rate.rank(w.rows(), w.cols()));
  }
}
