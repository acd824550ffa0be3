package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.model.Model;
import rankine.engine.search.GreedyResult;

/** The result of a greedy search as text. */
final class GreedySearchText {
  private GreedySearchText() {}

  static void print(PrintStream out, Model model, GreedyResult result) {
    EditMethod method = result.request().plan().method();
    result.guides().forEach(guide -> SearchText.print(out, guide));
    out.printf(
        "%ngreedy search, %s, modules %s, method %s%n  %s on validation, %s%n",
        SearchText.task(result.request().objective()),
        result.request().modules().stream()
            .map(ModuleSelection::name)
            .collect(Collectors.joining(", ")),
        method.label(),
        SearchText.score(result.plain()),
        SearchText.sizes(result.plain()));
    out.printf("  plain                        %.4f%n", result.plainShown());
    for (GreedyResult.GreedyStep step : result.steps()) {
      out.printf(
          "  + %-25s  %.4f%s%n",
          KeptRanks.named(model, method, step.edit()),
          step.shown(),
          step.ties().isEmpty() ? "" : "  tied: " + edits(model, method, step.ties()));
    }
    out.printf(
        "  %d candidates tried; stopped: %s%n",
        result.candidates().size(),
        switch (result.stop()) {
          case STEPS -> "--steps edits are made";
          case NO_BETTER -> "no candidate is better";
          case NOTHING_LEFT -> "every matrix is edited";
        });
    String kept = result.edits().isEmpty() ? "no edit" : edits(model, method, result.edits());
    SearchText.print(out, kept, result.test());
  }

  private static String edits(Model model, EditMethod method, List<Edit> edits) {
    return edits.stream()
        .map(edit -> KeptRanks.named(model, method, edit))
        .collect(Collectors.joining(" "));
  }
}
