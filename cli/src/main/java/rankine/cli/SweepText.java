package rankine.cli;

import java.io.PrintStream;
import rankine.engine.edit.EditMethod;
import rankine.engine.model.Model;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.SearchKey;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.SweepSummary;

/** A sweep as text: a line per finished cell, and a table of the searches at the end. */
final class SweepText {
  private final PrintStream out;
  private final EditMethod method;
  private final Model model;
  private final int width;

  /** Prints to {@code out}, in columns wide enough for the names of the tasks. */
  SweepText(PrintStream out, SweepRequest request, Model model) {
    this.out = out;
    this.method = request.plan().method();
    this.model = model;
    this.width =
        request.tasks().stream()
            .mapToInt(t -> t.task().name().length() + 1 + t.task().version().length())
            .max()
            .orElse(0);
  }

  /** Prints a finished cell. */
  void print(Cell cell) {
    CellKey key = cell.key();
    out.printf(
        "%-" + width + "s  seed %-3d %-29s %-10s  %s %.4f  (%d of %d)  %.1f s%n",
        key.task(),
        key.seed(),
        key.target()
            .map(target -> KeptRanks.named(model, method, target.edit(key.rate())))
            .orElse("plain"),
        key.split().label(),
        cell.score().f1().isPresent() ? "F1" : "accuracy",
        cell.score().value(),
        cell.score().correct(),
        cell.score().n(),
        cell.seconds());
  }

  /** Prints the table of searches. */
  void print(SweepSummary summary) {
    out.printf(
        "%s, shard %s: %d cells evaluated now, %d found done; %d searches, %d rates each%n",
        summary.folder(),
        summary.shard(),
        summary.done(),
        summary.found(),
        summary.rows().size(),
        summary.grid().rates().size());
    out.printf(
        "%-" + width + "s  %-8s %-13s %-20s %-18s %-18s %6s  %-9s %s%n",
        "task",
        "seed",
        "layer:module",
        "chosen",
        "validation",
        "test",
        "n",
        "p",
        "p (Holm)");
    summary.rows().forEach(this::print);
    out.println(
        "  plain -> pruned at the chosen rate; p: exact McNemar test on test, Holm-corrected over the"
            + " searches above");
  }

  private void print(GroupSummary row) {
    SearchKey search = row.key();
    out.printf(
        "%-" + width + "s  %-8d %-13s %-20s %-18s %-18s %6d  %-9.3g %.3g%n",
        search.task(),
        search.seed(),
        search.target(),
        row.chosen()
            .map(rate -> rate + KeptRanks.inBrackets(model, method, search.target().edit(rate)))
            .orElseThrow(),
        change(row.validation().orElseThrow()),
        change(row.test().orElseThrow()),
        row.comparison().orElseThrow().n(),
        row.pValue().orElseThrow(),
        row.adjusted().orElseThrow());
  }

  private static String change(GroupSummary.Change change) {
    return "%.4f -> %.4f".formatted(change.plain().value(), change.chosen().value());
  }
}
