package rankine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.LayerRange;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.edit.PlanFile;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.run.LoadedModel;

/** The edits of the weights, and their method. */
final class EditOptions {
  /** The modules, for the descriptions of options. */
  static final String MODULES =
      "a matrix: q_proj, k_proj, v_proj, out_proj, fc_in, fc_up (of gated MLPs), fc_out; or a group:"
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

  @Mixin RatioOptions ratioOptions;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description =
          "Edits and method from a file, such as the rankine_plan.json that prune writes, in place"
              + " of --edit, --ratio, --method and their options.")
  Path file;

  @Mixin MethodOptions method;

  /** Returns whether any edit is requested. */
  boolean isGiven() {
    return !edits.isEmpty() || ratio != null || file != null;
  }

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise the default of {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    if (file != null) {
      return fromFile();
    }
    EditPlan plan = method.plan(otherwise);
    if (edits.isEmpty() && ratio == null && method.given().isPresent()) {
      throw new UsageException(
          method.given().get() + ": expected with --edit or --ratio, found neither");
    }
    if (ratio == null) {
      ratioOptions.refuse("--ratio");
      return plan.withEdits(
          edits.stream().map(edit -> UsageException.parse("--edit", edit, Edit::parse)).toList());
    }
    if (!edits.isEmpty()) {
      throw new UsageException("--ratio: expected without --edit, found both");
    }
    ratioOptions.check(plan.method(), "--method");
    return plan.withEdits(
        List.of(new Edit(Edit.EVERY_LAYER, ModuleSelection.of("all"), removed())));
  }

  private ParameterRatio removed() {
    return UsageException.parse(
        "--ratio",
        ratio,
        text -> new ParameterRatio(PruningRate.parse(text).value(), ratioOptions.multiple()));
  }

  /**
   * Returns the plan for a model: without the layers to skip, and with the ranks of {@code
   * --allocation loss}, which reads the calibration text.
   *
   * @param requested what {@link #plan()} returned
   */
  EditPlan fitted(LoadedModel loaded, EditPlan requested, CommonOptions common) {
    if (ratio == null) {
      return requested;
    }
    int layers = loaded.original().layers().size();
    Set<Integer> left =
        Set.copyOf(
            LayerRange.layers(
                ratioOptions.skippedLayers(),
                layers,
                layer ->
                    new EditException(
                        "--skip-layers: expected layers 0 to %d, found %d"
                            .formatted(layers - 1, layer))));
    EditPlan uniform = requested.withRatio(removed(), left, layers);
    try (Progress bar = new Progress("allocation", "matrices", common.quiet)) {
      return loaded.allocated(
          uniform,
          ratioOptions.allocation(),
          (name, rank, error, done, total) -> bar.progress(done, total));
    }
  }

  private EditPlan fromFile() {
    Map<String, Object> others = new LinkedHashMap<>();
    others.put("--edit", edits.isEmpty() ? null : edits);
    others.put("--ratio", ratio);
    others.putAll(ratioOptions.given());
    method.given().ifPresent(option -> others.put(option, true));
    others.forEach(
        (option, given) -> {
          if (given != null) {
            throw new UsageException("--plan: expected without " + option + ", found both");
          }
        });
    return PlanFile.read(file);
  }

  /** Returns the model with the edits of a plan; shows the progress of a calibrated method. */
  LoadedModel applied(LoadedModel loaded, EditPlan plan, CommonOptions common) {
    LoadedModel edited;
    try (Progress bar = bar(plan, common)) {
      edited = loaded.edited(plan, (name, rank, error, done, total) -> bar.progress(done, total));
    }
    remark(loaded, plan, common); // a failure before it is one line
    return edited;
  }

  /** Prints what a reader must know of the edits. */
  static void remark(LoadedModel loaded, EditPlan plan, CommonOptions common) {
    plan.notes(loaded.original()).forEach(common::remark);
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

  /**
   * Adds what a reader must know of the edits: {@code ranks} and {@code removed}, and {@code notes}
   * if there are any. Adds nothing without edits.
   */
  static ObjectNode noted(ObjectNode json, LoadedModel loaded, EditPlan plan) {
    return noted(measured(json, loaded.original(), plan), plan.notes(loaded.original()));
  }

  /**
   * Adds {@code ranks}, those of the edited matrices, and {@code removed}, the share of the blocks'
   * parameters that is removed: none of matrices that are stored dense, for which {@code
   * removed_as_factors} says what factors would remove.
   */
  static ObjectNode measured(ObjectNode json, Model model, EditPlan plan) {
    plan.removed(model)
        .ifPresent(
            removed -> {
              plan.ranks(model).forEach(json.putArray("ranks")::add);
              if (plan.isStoredDense()) {
                json.put("removed", 0.0).put("removed_as_factors", removed);
              } else {
                json.put("removed", removed);
              }
            });
    return json;
  }

  /** Adds {@code notes}, if there are any. */
  static ObjectNode noted(ObjectNode json, List<String> notes) {
    if (!notes.isEmpty()) {
      notes.forEach(json.withArray("notes")::add);
    }
    return json;
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
                    plan.isStoredDense()
                        ? "  would be removed as factors: %.2f %% of the blocks' parameters; stored"
                            + " dense, none is%n"
                        : "  removed as factors: %.2f %% of the blocks' parameters%n",
                    removed * 100));
  }
}
