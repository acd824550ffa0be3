package rankine.engine.report.page;

import java.util.Optional;
import rankine.engine.report.Headline;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Score;
import rankine.engine.sweep.GroupSummary;

/** Writes the results of each task: in words, then as a table. */
final class ResultsSection {
  private final Report report;
  private final Markup m;

  private ResultsSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    ResultsSection section = new ResultsSection(report, m);
    report.tasks().forEach(section::sentences);
    section.table();
    return m.take();
  }

  private void sentences(TaskResult task) {
    m.element("h3", DisplayNames.of(task.benchmark()));
    Verdict verdict = new Verdict(task, report.headlineTests());
    m.element("p", verdict.sentences());
  }

  private void table() {
    int tests = report.headlineTests();
    String caption =
        "The best pruned model of each task and seed, chosen on validation, on test"
            + (tests == 0 ? "" : ". Holm corrects for " + NumberText.count(tests, "test"));
    TableMarkup.scroll(
        m,
        caption,
        () -> {
          m.open("table").element("caption", caption).open("thead").open("tr");
          header("Task", false);
          header("Seed", true);
          header("Test n", true);
          header("Unedited", true);
          header("95 % interval", true);
          header("Chosen on validation", false);
          header("Candidates", true);
          header("Chosen", true);
          header("Change", true);
          header("95 % interval", true);
          header("p", true);
          header("Holm p", true);
          m.close().close().open("tbody");
          for (TaskResult task : report.tasks()) {
            task.headlines().forEach(headline -> row(task, headline));
          }
          m.close().close();
        });
  }

  private void header(String name, boolean number) {
    TableMarkup.header(m, name, number);
  }

  private void row(TaskResult task, Headline headline) {
    Optional<GroupSummary.Change> test = headline.test();
    m.open("tr").element("th", DisplayNames.of(task.benchmark()), "scope", "row");
    number(DisplayNames.seed(task.benchmark(), headline.seed()));
    number(headline.plain().map(plain -> NumberText.count(plain.n())).orElse(""));
    number(headline.plain().map(ResultsSection::score).orElse("not evaluated"));
    number(
        headline
            .plain()
            .flatMap(plain -> plain.range().map(r -> NumberText.range(plain.metric(), r)))
            .orElse(""));
    m.element("td", choice(headline));
    number(NumberText.count(headline.candidates()));
    number(test.map(t -> score(t.chosen())).orElse(""));
    number(
        headline.change().isPresent()
            ? NumberText.change(task.metric(), headline.change().getAsDouble())
            : "");
    number(
        headline
            .best()
            .flatMap(GroupSummary::interval)
            .map(interval -> NumberText.change(task.metric(), interval))
            .orElse(""));
    number(headline.pValue().stream().mapToObj(NumberText::p).findFirst().orElse(""));
    number(headline.adjusted().stream().mapToObj(NumberText::p).findFirst().orElse(""));
    m.close();
  }

  private static String choice(Headline headline) {
    String chosen =
        headline
            .best()
            .map(
                best ->
                    DisplayNames.of(best.key().target())
                        + ", "
                        + best.key().target().axis()
                        + " "
                        + best.chosen().orElseThrow())
            .orElse(headline.candidates() == 0 ? "not yet" : "the unedited model");
    return headline.provisional() && headline.candidates() > 0 ? chosen + " (so far)" : chosen;
  }

  private static String score(Score score) {
    return NumberText.score(score.metric(), score.shown());
  }

  private void number(String text) {
    m.element("td", text, "class", "number");
  }
}
