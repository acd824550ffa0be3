package rankine.engine.report.page;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.PruningEffect;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Interval;
import rankine.engine.stats.Score;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.TaskVersion;

/**
 * Writes every group in a table that can be sorted and filtered; for several seeds also their
 * spread.
 */
final class GroupsSection {
  private final Report report;
  private final Markup m;

  private GroupsSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    GroupsSection section = new GroupsSection(report, m);
    section.groups();
    if (report.coverage().axes().seeds().size() > 1) {
      section.spreads();
    }
    return m.take();
  }

  private void groups() {
    m.element("p", rows() + " the rate chosen on validation, and its result on test. " + tests());
    String caption = "Every group, chosen on validation and tested";
    table(
        "groups-table",
        caption,
        () -> {
          header("Task", false);
          header("Seed", true);
          header("Layer", true);
          header("Module", false);
          header("Rate", true);
          header("Rank", true);
          header("Validation unedited", true);
          header("Validation chosen", true);
          header("Change", true);
          header("Test unedited", true);
          header("Test chosen", true);
          header("Change", true);
          header("95 % interval", true);
          header("p", true);
          header("Holm p", true);
        },
        () ->
            report
                .tasks()
                .forEach(task -> task.groups().forEach(group -> row(task.metric(), group))));
  }

  private String rows() {
    return report.coverage().axes().methods().isEmpty()
        ? "One row per task, seed, layer and module:"
        : "One row per task, seed and what is pruned, a module of a layer or by a method the whole"
            + " model, with the ratio of the parameters in place of the rate:";
  }

  private String tests() {
    int tests = report.groupTests();
    return tests == 0
        ? "No group has a chosen pruned model and a test of it."
        : "A group that chose the unedited model has no test; Holm’s correction is for the %s here."
            .formatted(NumberText.count(tests, "test"));
  }

  private void table(String id, String caption, Runnable head, Runnable body) {
    m.open("p", "class", "filter", "hidden", "");
    m.open("label").text("Filter ");
    m.empty("input", "type", "search", "aria-controls", id, "placeholder", "words in a row")
        .close();
    m.open("output", "class", "muted").close().close();
    TableMarkup.tall(
        m,
        caption,
        () -> {
          m.open("table", "class", "sortable", "id", id).element("caption", caption);
          m.open("thead").open("tr");
          head.run();
          m.close().close().open("tbody");
          body.run();
          m.close().close();
        });
  }

  private void header(String name, boolean number) {
    TableMarkup.header(m, name, number);
  }

  private void row(Score.Metric metric, GroupSummary group) {
    m.open("tr").element("th", DisplayNames.of(group.key().benchmark()), "scope", "row");
    String seed = DisplayNames.seed(group.key().benchmark(), group.key().seed());
    m.element("td", seed, "class", "number");
    target(group.key().target());
    Optional<GroupSummary.Change> validation = group.validation();
    if (validation.isPresent()) {
      PruningRate rate = group.chosen().orElseThrow();
      number(rate.toString(), rate.value().doubleValue());
      ranks(group.chosenRanks());
    } else {
      String evaluated =
          "%d of %d run"
              .formatted(group.result().validation().size(), group.result().rates().size());
      m.element("td", evaluated, "class", "number muted", "data-value", "");
      emptyCell();
    }
    change(metric, validation);
    change(metric, group.test());
    interval(metric, group.interval());
    p(group.pValue());
    p(group.adjusted());
    m.close();
  }

  /** Sorts by the smallest. */
  private void ranks(List<Integer> ranks) {
    if (ranks.isEmpty()) {
      emptyCell();
    } else {
      String text =
          ranks.stream().map(rank -> NumberText.count(rank)).collect(Collectors.joining(", "));
      number(text, ranks.getFirst());
    }
  }

  /** Sorts the whole model after the layers. */
  private void target(EditTarget target) {
    int order =
        switch (target) {
          case LayerTarget layer -> layer.layer();
          case ModelTarget _ -> Integer.MAX_VALUE;
        };
    m.element(
        "td", DisplayNames.layer(target), "class", "number", "data-value", Integer.toString(order));
    m.element("td", DisplayNames.series(target));
  }

  private void spreads() {
    m.element("h3", "Over seeds");
    m.element(
        "p",
        "The same groups, all seeds of a layer and module together: each seed has other demonstrations and"
            + " chooses its own rate. The interval is Student’s t, of the mean over seeds.");
    table(
        "seeds-table",
        "Every layer and module, over its seeds: change on test",
        () -> {
          header("Task", false);
          header("Layer", true);
          header("Module", false);
          header("Rates chosen", false);
          header("Seeds tested", true);
          header("Validation, mean change", true);
          header("Test, mean change", true);
          header("Standard deviation", true);
          header("Minimum", true);
          header("Maximum", true);
          header("95 % interval of the mean", true);
        },
        () -> {
          for (TaskResult task : report.tasks()) {
            if (task.benchmark() instanceof TaskVersion) { // texts have no seeds
              task.effects().forEach(effect -> row(task, effect));
            }
          }
        });
  }

  private void row(TaskResult task, PruningEffect effect) {
    m.open("tr").element("th", DisplayNames.of(task.benchmark()), "scope", "row");
    target(effect.target());
    m.element("td", HeatMapSection.rates(effect.rates()));
    Optional<SeedSpread> test = effect.test();
    int seeds = test.map(SeedSpread::seeds).orElse(0);
    number(Integer.toString(seeds), seeds);
    Score.Metric metric = task.metric();
    change(metric, effect.validation().stream().mapToDouble(SeedSpread::mean).findFirst());
    change(metric, test.stream().mapToDouble(SeedSpread::mean).findFirst());
    OptionalDouble deviation =
        test.isEmpty() ? OptionalDouble.empty() : test.get().standardDeviation();
    if (deviation.isPresent()) {
      number(NumberText.share(deviation.getAsDouble()), deviation.getAsDouble());
    } else {
      emptyCell();
    }
    change(metric, test.stream().mapToDouble(SeedSpread::min).findFirst());
    change(metric, test.stream().mapToDouble(SeedSpread::max).findFirst());
    interval(metric, test.flatMap(SeedSpread::interval));
    m.close();
  }

  private void change(Score.Metric metric, Optional<GroupSummary.Change> change) {
    score(change.map(GroupSummary.Change::plain));
    score(change.map(GroupSummary.Change::chosen));
    change(metric, change.stream().mapToDouble(GroupSummary.Change::value).findFirst());
  }

  private void score(Optional<Score> score) {
    if (score.isPresent()) {
      Score found = score.get();
      number(NumberText.score(found.metric(), found.shown()), found.shown());
    } else {
      emptyCell();
    }
  }

  private void change(Score.Metric metric, OptionalDouble change) {
    if (change.isPresent()) {
      number(NumberText.change(metric, change.getAsDouble()), change.getAsDouble());
    } else {
      emptyCell();
    }
  }

  /** Sorts by its lower end. */
  private void interval(Score.Metric metric, Optional<Interval> interval) {
    if (interval.isPresent()) {
      number(NumberText.change(metric, interval.get()), interval.get().lower());
    } else {
      emptyCell();
    }
  }

  private void p(OptionalDouble p) {
    if (p.isPresent()) {
      number(NumberText.p(p.getAsDouble()), p.getAsDouble());
    } else {
      emptyCell();
    }
  }

  private void emptyCell() {
    m.element("td", "");
  }

  private void number(String text, double value) {
    m.element("td", text, "class", "number", "data-value", Double.toString(value));
  }
}
