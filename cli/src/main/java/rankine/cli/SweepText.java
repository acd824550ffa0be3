package rankine.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.stats.Score;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.SearchKey;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.SweepSummary;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TextData;
import rankine.engine.sweep.TextPair;

/** A sweep as text: a line per finished cell, and a table of the searches at the end. */
final class SweepText {
  private final PrintStream out;
  private final Optional<EditMethod> method;
  private final Model model;
  private final Optional<WindowProtocol> protocol;
  private final int width;

  /** Prints to {@code out}, in columns wide enough for the names of the tasks. */
  SweepText(PrintStream out, SweepRequest request, Model model) {
    this.out = out;
    this.method = request.layers().map(axes -> axes.plan().method());
    this.model = model;
    this.protocol = request.texts().map(TextData::protocol);
    this.width =
        Stream.concat(
                request.tasks().stream().map(task -> TaskVersion.of(task.task())),
                request.texts().stream().map(TextData::pair))
            .mapToInt(benchmark -> benchmark.toString().length())
            .max()
            .orElse(0);
  }

  /** Prints a finished cell. */
  void print(Cell cell) {
    CellKey key = cell.key();
    out.printf(
        "%-" + width + "s  %-8s %-29s %-10s  %s  %.1f s%n",
        key.benchmark(),
        key.benchmark() instanceof TextPair ? "" : "seed " + key.seed(),
        key.target().map(target -> named(target, key.rate())).orElse("plain"),
        key.split().label(),
        figures(cell.score()),
        cell.seconds());
  }

  /** Prints the table of searches. */
  void print(SweepSummary summary) {
    List<String> each = new ArrayList<>();
    if (!summary.grid().layers().isEmpty()) {
      each.add("%d rates".formatted(summary.grid().rates().size()));
    }
    if (!summary.grid().methods().isEmpty()) {
      each.add("%d ratios".formatted(summary.grid().ratios().size()));
    }
    out.printf(
        "%s, shard %s: %d cells evaluated now, %d found done; %d searches, %s each%n",
        summary.folder(),
        summary.shard(),
        summary.done(),
        summary.found(),
        summary.rows().size(),
        String.join(" or ", each));
    out.printf(
        "%-" + width + "s  %-8s %-14s %-20s %-18s %-18s %6s  %-9s %s%n",
        "task",
        "seed",
        "pruned",
        "chosen",
        "validation",
        "test",
        "n",
        "p",
        "p (Holm)");
    summary.rows().forEach(this::print);
    if (!summary.grid().tasks().isEmpty()) {
      out.println(
          "  plain -> pruned at the chosen rate; p: exact McNemar test on test, Holm-corrected over"
              + " the searches that chose a pruned model");
    }
    if (summary.grid().texts().isPresent()) {
      out.println(
          "  texts: perplexity ("
              + protocol.orElseThrow()
              + "), plain -> pruned; n: windows; p: sign-flip test over windows, Holm-corrected over"
              + " the searches that chose a pruned model");
    }
  }

  private void print(GroupSummary row) {
    SearchKey search = row.key();
    out.printf(
        "%-" + width + "s  %-8s %-14s %-20s %-18s %-18s %6d  %-9s %s%n",
        search.benchmark(),
        search.benchmark() instanceof TextPair ? "" : search.seed(),
        search.target(),
        row.chosen().map(rate -> rate + detail(search.target(), rate, row)).orElseThrow(),
        change(row.validation().orElseThrow()),
        change(row.test().orElseThrow()),
        row.test().orElseThrow().chosen().n(),
        p(row.pValue()),
        p(row.adjusted()));
  }

  /** At rate 0 there is no test: the models are the same. */
  private static String p(OptionalDouble p) {
    return p.isPresent() ? "%.3g".formatted(p.getAsDouble()) : "-";
  }

  /** {@code accuracy 0.8130 (813 of 1000)}. */
  private static String figures(Score score) {
    String count =
        switch (score) {
          case TaskScore task -> "%d of %d".formatted(task.correct(), task.n());
          case TextScore text -> text.windows() + " windows";
        };
    return "%s %.4f  (%s)".formatted(score.metric().label(), score.shown(), count);
  }

  private String named(EditTarget target, PruningRate rate) {
    return switch (target) {
      case LayerTarget layer -> KeptRanks.named(model, method.orElseThrow(), layer.edit(rate));
      case ModelTarget whole -> whole.at(rate);
    };
  }

  /** The rank of a layer's matrices, or what the whole model really loses. */
  private String detail(EditTarget target, PruningRate rate, GroupSummary row) {
    return switch (target) {
      case LayerTarget layer -> KeptRanks.inBrackets(model, method.orElseThrow(), layer.edit(rate));
      case ModelTarget _ -> {
        OptionalDouble removed = row.result().validation().get(rate).removed();
        yield removed.isEmpty() ? "" : " (%.2f %% less)".formatted(removed.getAsDouble() * 100);
      }
    };
  }

  private static String change(GroupSummary.Change change) {
    return "%.4f -> %.4f".formatted(change.plain().shown(), change.chosen().shown());
  }
}
