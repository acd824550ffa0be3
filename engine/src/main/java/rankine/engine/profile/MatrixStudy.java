package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.Removal;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.StepwiseRun;
import rankine.engine.replay.TokenTree;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * Measures the errors of matrices in each variant. Each edit is computed from the original and
 * applied.
 */
final class MatrixStudy {
  private final LoadedModel loaded;
  private final List<VariantEdits> variants;

  /**
   * The edits of a variant.
   *
   * @param edits by name of the matrix
   * @param dense computes replacements, dense where the method gives both forms
   * @param factored the same as factors
   */
  private record VariantEdits(
      EditPlan plan, Map<String, Edit> edits, MatrixEditor dense, MatrixEditor factored) {}

  /** Prepares the edits; a calibrated method computes them now. */
  MatrixStudy(LoadedModel loaded, List<ProfileScope.ProfileVariant> variants) {
    this.loaded = loaded;
    this.variants =
        variants.stream()
            .map(ProfileScope.ProfileVariant::plan)
            .map(
                plan ->
                    new VariantEdits(
                        plan,
                        EditOverlay.check(loaded.original(), plan.edits()),
                        loaded.editor(plan.withFactored(FactoredMode.NEVER)),
                        loaded.editor(plan.withFactored(FactoredMode.ALWAYS))))
            .toList();
  }

  /**
   * Passes the inputs of matrices to {@code reader} while a model reads a text once, layer by
   * layer. Independent of the architecture.
   *
   * @param names of the matrices, at least one
   * @param reader of the input activations [positions, input features], float32, rows in text
   *     order; valid during the call. Called in model order
   */
  static void inputs(
      Model model,
      Set<String> names,
      TokenTree text,
      Backend backend,
      BiConsumer<Op.Linear, Matrix> reader) {
    ActivationBudget budget = new ActivationBudget(Evaluator.ACTIVATION_BYTES);
    try (StepwiseRun run = new StepwiseRun(backend, model.config().kvShape(), text, budget)) {
      List<Op> pending = new ArrayList<>(model.embedding());
      int left = names.size();
      for (int layer = 0; left > 0; layer++) {
        List<Op> rest = new ArrayList<>(model.layers().get(layer));
        if (layer + 1 < model.layers().size()) {
          rest.addAll(model.layers().get(layer + 1));
        }
        for (Op op : model.layers().get(layer)) {
          if (op instanceof Op.Linear linear && names.contains(linear.name())) {
            run(run, pending, rest);
            reader.accept(linear, run.rows(linear.in()));
            left--;
          }
          pending.add(op);
          rest.removeFirst();
        }
        run(run, pending, rest);
      }
    }
  }

  private static void run(StepwiseRun run, List<Op> pending, List<Op> rest) {
    if (!pending.isEmpty()) { // a layer may begin with a matrix
      run.run(pending, StepwiseRun.inputs(rest));
      pending.clear();
    }
  }

  /**
   * Measures one matrix.
   *
   * @param x its input activations, [positions, w.cols]
   * @param progress called after every variant
   */
  MatrixProfile of(String name, Matrix w, Matrix x, Runnable progress) {
    List<MatrixProfile.AtRate> atRates = new ArrayList<>();
    for (VariantEdits variant : variants) {
      Removal removal = variant.edits.get(name).removal();
      atRates.add(
          removal.isZero()
              ? unchanged(w, variant.plan, removal)
              : edited(name, w, x, variant, removal));
      progress.run();
    }
    return new MatrixProfile(name, w, atRates);
  }

  private MatrixProfile.AtRate unchanged(Matrix w, EditPlan plan, Removal removal) {
    return new MatrixProfile.AtRate(
        removal,
        rank(w, plan, removal),
        1,
        0,
        OutputError.NONE,
        Optional.of(w.dtype()),
        Optional.empty(),
        false);
  }

  private MatrixProfile.AtRate edited(
      String name, Matrix w, Matrix x, VariantEdits variant, Removal removal) {
    EditedWeight edited =
        EditedWeight.of(
            variant.dense.edit(name, w, removal),
            () ->
                EditedWeight.hasFactors(variant.plan)
                    ? Optional.of(variant.factored.edit(name, w, removal))
                    : Optional.empty());
    MatrixError error = MatrixError.of(w, edited.any());
    Optional<DType> dense = edited.dense().map(d -> d.w().dtype());
    Optional<DType> factored = edited.factors().map(f -> f.left().dtype());
    return new MatrixProfile.AtRate(
        removal,
        rank(w, variant.plan, removal),
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

  private static OptionalInt rank(Matrix w, EditPlan plan, Removal removal) {
    if (!EditedWeight.hasFactors(plan)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        removal.isZero() ? Math.min(w.rows(), w.cols()) : removal.rank(w.rows(), w.cols()));
  }
}
