package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.run.LoadedModel;

/** The edits of the weights, and their method. */
final class EditOptions {
  /** The modules, for the descriptions of options. */
  static final String MODULES =
      "a matrix: q_proj, k_proj, v_proj, out_proj, fc_in, fc_up (LLaMA only), fc_out; or a group:"
          + " attn, mlp, all";

  @Option(
      names = "--edit",
      paramLabel = "LAYER:MODULE:RATE",
      description =
          "Prune MODULE of LAYER (from 0; -1: every layer) at pruning rate RATE, the fraction of its"
              + " rank to remove, e.g. 26:mlp:0.95. A module is "
              + MODULES
              + ". Repeatable, each matrix at most once (default: no edit).")
  List<String> edits = List.of();

  @Option(
      names = "--ratio",
      paramLabel = "R",
      description =
          "Compress the whole model, in place of --edit: remove the fraction R of the parameters of"
              + " every matrix of every layer. A matrix [m, n] keeps rank floor(m n (1 - R) / (m +"
              + " n)), at least 1.")
  String ratio;

  @Option(
      names = "--rank-multiple",
      converter = RangeConverters.Positive.class,
      paramLabel = "M",
      description =
          "With --ratio: round ranks up to a multiple of M; what is really removed is printed"
              + " (default: 1).")
  Integer multiple;

  @Mixin MethodOptions method;

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise the default of {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    EditPlan plan = method.plan(otherwise);
    if (edits.isEmpty() && ratio == null && method.given().isPresent()) {
      throw new UsageException(
          method.given().get() + ": expected with --edit or --ratio, found neither");
    }
    if (ratio == null) {
      if (multiple != null) {
        throw new UsageException("--rank-multiple: expected with --ratio, found none");
      }
      return plan.withEdits(
          edits.stream().map(edit -> UsageException.parse("--edit", edit, Edit::parse)).toList());
    }
    if (!edits.isEmpty()) {
      throw new UsageException("--ratio: expected without --edit, found both");
    }
    ParameterRatio removed =
        UsageException.parse(
            "--ratio",
            ratio,
            text ->
                new ParameterRatio(
                    PruningRate.parse(text).value(), multiple == null ? 1 : multiple));
    return plan.withEdits(List.of(new Edit(Edit.EVERY_LAYER, ModuleSelection.of("all"), removed)));
  }

  /** Returns the model with the edits of a plan; shows the progress of a calibrated method. */
  LoadedModel applied(LoadedModel loaded, EditPlan plan, CommonOptions common) {
    try (Progress bar = bar(plan, common)) {
      return loaded.edited(plan, (name, rank, error, done, total) -> bar.progress(done, total));
    }
  }

  /** Returns the editor of a plan; shows the progress of a calibrated method. */
  MatrixEditor editor(LoadedModel loaded, EditPlan plan, CommonOptions common) {
    try (Progress bar = bar(plan, common)) {
      return loaded.editor(plan, (name, rank, error, done, total) -> bar.progress(done, total));
    }
  }

  private static Progress bar(EditPlan plan, CommonOptions common) {
    return new Progress(plan.method().label(), "matrices", common.quiet);
  }

  /** Prints the edits with their ranks, and the share of the blocks' parameters that is removed. */
  static void print(PrintStream out, Model model, EditPlan plan) {
    for (Edit edit : plan.edits()) {
      out.printf(
          "  edit %s, method %s%n",
          KeptRanks.named(model, plan.method(), edit), plan.method().label());
    }
    plan.removed(model)
        .ifPresent(
            removed ->
                out.printf(
                    "  removed as factors: %.2f %% of the blocks' parameters%n", removed * 100));
  }
}
