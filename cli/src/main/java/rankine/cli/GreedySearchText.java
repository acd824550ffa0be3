package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.search.GreedyResult;

/** A greedy search's result for people. */
final class GreedySearchText {
  private GreedySearchText() {}

  static void print(PrintStream out, GreedyResult result) {
    result.guides().forEach(guide -> SearchText.print(out, guide));
    out.printf(
        "%s, greedy over %s, %s: validation, %s%n",
        SearchText.task(result.request().objective()),
        result.request().modules().stream()
            .map(ModuleSelection::name)
            .collect(Collectors.joining(", ")),
        result.request().objective().plan().method().label(),
        SearchText.sizes(result.plain()));
    out.printf("  plain             %.4f%n", result.plainAccuracy());
    for (GreedyResult.GreedyStep step : result.steps()) {
      out.printf(
          "  + %-14s  %.4f%s%n",
          step.edit(),
          step.accuracy(),
          step.ties().isEmpty() ? "" : "  as good: " + edits(step.ties()));
    }
    out.printf(
        "  %d candidates tried; ended: %s%n",
        result.candidates().size(),
        switch (result.stop()) {
          case STEPS -> "as many edits as allowed";
          case NO_BETTER -> "none was better";
          case NOTHING_LEFT -> "no matrix is left";
        });
    String kept = result.edits().isEmpty() ? "no edit" : edits(result.edits());
    SearchText.print(out, kept, result.test());
  }

  private static String edits(List<Edit> edits) {
    return edits.stream().map(Edit::toString).collect(Collectors.joining(" "));
  }
}
