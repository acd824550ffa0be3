package rankine.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;

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

  @Mixin MethodOptions method;

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise the default of {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    EditPlan plan = method.plan(otherwise);
    if (edits.isEmpty() && method.given().isPresent()) {
      throw new UsageException(method.given().get() + ": expected with --edit, found no edit");
    }
    return plan.withEdits(
        edits.stream().map(edit -> UsageException.parse("--edit", edit, Edit::parse)).toList());
  }
}
