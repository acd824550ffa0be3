package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import rankine.engine.stats.PairedComparison;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.SearchKey;
import rankine.engine.sweep.SweepSummary;
import rankine.engine.sweep.TaskData;

/** A sweep for people: a line a cell as it comes, and a table of the groups at the end. */
final class SweepText {
  private final PrintStream out;
  private final int width;

  /** Prints to {@code out}, in columns wide enough for the names of {@code tasks}. */
  SweepText(PrintStream out, List<TaskData> tasks) {
    this.out = out;
    this.width =
        tasks.stream()
            .mapToInt(t -> t.task().name().length() + 1 + t.task().version().length())
            .max()
            .orElse(0);
  }

  /** A cell that is done. */
  void print(Cell cell) {
    CellKey key = cell.key();
    out.printf(
        "%-" + width + "s  seed %-3d %-18s %-10s  %s %.4f  (%d of %d)  %.1f s%n",
        key.task(),
        key.seed(),
        key.target().map(site -> site.edit(key.rate()).toString()).orElse("plain"),
        key.split().label(),
        cell.f1().isPresent() ? "F1" : "accuracy",
        cell.score(),
        cell.correct(),
        cell.n(),
        cell.seconds());
  }

  /** The groups. */
  void print(SweepSummary summary) {
    out.printf(
        "%s, shard %s: %d cells done now, %d found; %d groups, %d rates each%n",
        summary.folder(),
        summary.shard(),
        summary.done(),
        summary.found(),
        summary.rows().size(),
        summary.grid().rates().size());
    out.printf(
        "%-" + width + "s  %-8s %-13s %-7s %-18s %-18s %6s  %-9s %s%n",
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
    out.println("  plain -> chosen rate; p: exact McNemar on test, Holm over the groups above");
  }

  private void print(SweepSummary.SummaryRow row) {
    SearchKey group = row.result().key();
    PairedComparison c = row.comparison();
    out.printf(
        "%-" + width + "s  %-8d %-13s %-7s %-18s %-18s %6d  %-9.3g %.3g%n",
        group.task(),
        group.seed(),
        group.target(),
        row.chosen(),
        change(row.plainValidation().score(), row.prunedValidation().score()),
        change(
            row.result().plain().orElseThrow().score(),
            row.result().pruned().orElseThrow().score()),
        c.n(),
        c.mcNemar().pValue(),
        row.adjusted());
  }

  private static String change(double plain, double pruned) {
    return "%.4f -> %.4f".formatted(plain, pruned);
  }
}
