package rankine.engine.report.page;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.Coverage;
import rankine.engine.report.Report;
import rankine.engine.stats.Score;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.ModelTarget;

/** Writes the run's settings, at the head of the page. */
final class RunFacts {
  private static final int HASH_SHOWN = 12;

  private RunFacts() {}

  /** The page's title: the model and its tasks. */
  static String heading(Report report) {
    String tasks = joined(report.coverage().tasks(), DisplayNames::of);
    return tasks.isEmpty() ? architecture(report) : architecture(report) + ": " + tasks;
  }

  static String of(Report report, Markup m) {
    Coverage coverage = report.coverage();
    String hash = report.identity().checkpoint().path("sha256").asText();
    m.open("dl", "class", "facts");
    fact(m, "Model", architecture(report));
    fact(m, "Checkpoint, SHA-256", hash.substring(0, Math.min(HASH_SHOWN, hash.length())));
    report.identity().plan().ifPresent(plan -> fact(m, "Method", plan.method().label()));
    if (!coverage.layers().isEmpty()) {
      fact(m, "Layers", layers(coverage.layers()));
      fact(m, "Modules", joined(coverage.modules(), ModuleSelection::name));
      fact(m, "Pruning rates", joined(coverage.rates(), PruningRate::toString));
    }
    if (!coverage.methods().isEmpty()) {
      fact(m, "Whole model by", joined(coverage.methods(), ModelTarget::toString));
      fact(m, "Ratios of parameters removed", joined(coverage.ratios(), PruningRate::toString));
    }
    fact(m, "Seeds", joined(coverage.seeds(), String::valueOf));
    fact(m, "Examples", examples(report));
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

  private static String examples(Report report) {
    Stream<Score> validation =
        report.tasks().stream()
            .flatMap(task -> task.groups().stream())
            .flatMap(group -> group.validation().stream())
            .map(GroupSummary.Change::plain);
    Stream<Score> test =
        report.tasks().stream()
            .flatMap(task -> task.headlines().stream())
            .flatMap(headline -> headline.plain().stream());
    return count(validation) + " validation, " + count(test) + " test";
  }

  /** The number of examples, or its range if tasks differ. */
  private static String count(Stream<Score> scores) {
    List<Integer> counts = scores.map(Score::n).distinct().sorted().toList();
    if (counts.isEmpty()) {
      return "no";
    }
    String smallest = NumberText.count(counts.getFirst());
    return counts.size() == 1 ? smallest : smallest + " to " + NumberText.count(counts.getLast());
  }
}
