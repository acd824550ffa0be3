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
 * Measures the errors of matrices at each rate. Each edit is computed from the original and
 * applied.
 *
 * @param plan the method; its edits are ignored
 */
record MatrixStudy(LoadedModel loaded, EditPlan plan, List<PruningRate> rates) {

  /**
   * Measures one matrix.
   *
   * @param x its input activations, [positions, w.cols]
   * @param progress called after every rate
   */
  MatrixProfile of(String name, Matrix w, Matrix x, Runnable progress) {
    List<MatrixProfile.AtRate> atRates = new ArrayList<>();
    for (PruningRate rate : rates) {
      atRates.add(rate.isZero() ? unchanged(w, rate) : edited(name, w, x, rate));
      progress.run();
    }
    return new MatrixProfile(name, w, atRates);
  }

  private MatrixProfile.AtRate unchanged(Matrix w, PruningRate rate) {
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
    EditedWeight edited = EditedWeight.of(name, w, rate, plan, loaded.decompositions());
    MatrixError error = MatrixError.of(w, edited.any());
    Optional<DType> dense = edited.dense().map(d -> d.w().dtype());
    Optional<DType> factored = edited.factors().map(f -> f.left().dtype());
    return new MatrixProfile.AtRate(
        rate,
        rank(w, rate),
        error.energy(),
        error.relativeError(),
        OutputError.of(w, edited, x, loaded.backend().backend(), loaded.model().config().kvShape()),
        dense,
        factored,
        autoFactored(w, edited));
  }

  private boolean autoFactored(Matrix w, EditedWeight edited) {
    return edited.dense().isEmpty()
        || edited
            .factors()
            .map(f -> FactoredMode.AUTO.keepsFactors(rank(f), w.rows(), w.cols()))
            .orElse(false);
  }

  private static int rank(Replacement.FactorPair factors) {
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
