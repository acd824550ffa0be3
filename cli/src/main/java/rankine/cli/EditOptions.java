package rankine.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;

/** Which matrices are edited, and how. */
final class EditOptions {
  @Option(
      names = "--edit",
      paramLabel = "LAYER:MODULE:RATE",
      description =
          "Remove that fraction of the rank of a matrix, e.g. 26:mlp:0.95; layer -1 is every layer;"
              + " modules q_proj, k_proj, v_proj, out_proj, fc_in, fc_up, fc_out, attn, mlp, all."
              + " Repeatable.")
  List<String> edits = List.of();

  @Mixin MethodOptions method;

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise without {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    return method.plan(otherwise).withEdits(edits.stream().map(Edit::parse).toList());
  }
}
