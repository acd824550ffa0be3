package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.Coverage;
import rankine.engine.report.Report;
import rankine.engine.stats.Score;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.ModelTarget;

/** Writes the run's settings, at the head of the page. */
final class RunFacts {
  private static final int HASH_SHOWN = 12;

  private RunFacts() {}

  /** The page's title: the model and its tasks. */
  static String heading(Report report) {
    List<Benchmark> benchmarks = new ArrayList<>(report.coverage().axes().tasks());
    report.coverage().axes().texts().ifPresent(benchmarks::add);
    String tasks = joined(benchmarks, DisplayNames::of);
    return tasks.isEmpty() ? architecture(report) : architecture(report) + ": " + tasks;
  }

  static String of(Report report, Markup m) {
    Coverage coverage = report.coverage();
    String hash = report.identity().checkpoint().path("sha256").asText();
    m.open("dl", "class", "facts");
    fact(m, "Model", architecture(report));
    fact(m, "Checkpoint, SHA-256", hash.substring(0, Math.min(HASH_SHOWN, hash.length())));
    report.identity().plan().ifPresent(plan -> fact(m, "Method", plan.method().label()));
    if (!coverage.axes().layers().isEmpty()) {
      fact(m, "Layers", layers(coverage.axes().layers()));
      fact(m, "Modules", joined(coverage.axes().modules(), ModuleSelection::name));
      fact(m, "Pruning rates", joined(coverage.axes().rates(), PruningRate::toString));
    }
    if (!coverage.axes().methods().isEmpty()) {
      fact(m, "Whole model by", joined(coverage.axes().methods(), ModelTarget::toString));
      fact(
          m,
          "Ratios of parameters removed",
          joined(coverage.axes().ratios(), PruningRate::toString));
    }
    if (!coverage.axes().tasks().isEmpty()) {
      fact(m, "Seeds", joined(coverage.axes().seeds(), String::valueOf));
      fact(m, "Examples", count(report, TaskScore.class));
    }
    report
        .identity()
        .texts()
        .ifPresent(
            texts -> {
              fact(m, "Windows", texts.protocol() + "; " + count(report, TextScore.class));
            });
    return m.close().take();
  }

  private static String architecture(Report report) {
    return report.identity().checkpoint().path("architecture").asText();
  }

  private static void fact(Markup m, String name, String value) {
    m.open("div").element("dt", name).element("dd", value.isEmpty() ? "none" : value).close();
  }

  private static <T> String joined(List<T> values, Function<T, String> name) {
    return values.stream().map(name).collect(Collectors.joining(", "));
  }

  /** {@code 0 to 27} for contiguous layers. */
  static String layers(List<Integer> ascending) {
    boolean contiguous =
        ascending.size() > 2 && ascending.getLast() - ascending.getFirst() == ascending.size() - 1;
    return contiguous && ascending.getFirst() >= 0
        ? ascending.getFirst() + " to " + ascending.getLast()
        : joined(ascending, DisplayNames::layer);
  }

  private static String count(Report report, Class<? extends Score> kind) {
    Stream<Score> validation =
        report.tasks().stream()
            .flatMap(task -> task.groups().stream())
            .flatMap(group -> group.validation().stream())
            .map(GroupSummary.Change::plain);
    Stream<Score> test =
        report.tasks().stream()
            .flatMap(task -> task.headlines().stream())
            .flatMap(headline -> headline.plain().stream());
    return count(validation.filter(kind::isInstance))
        + " validation, "
        + count(test.filter(kind::isInstance))
        + " test";
  }

  /** The number of examples or windows, or its range if tasks differ. */
  private static String count(Stream<Score> scores) {
    List<Integer> counts = scores.map(Score::n).distinct().sorted().toList();
    if (counts.isEmpty()) {
      return "no";
    }
    String smallest = NumberText.count(counts.getFirst());
    return counts.size() == 1 ? smallest : smallest + " to " + NumberText.count(counts.getLast());
  }
}
