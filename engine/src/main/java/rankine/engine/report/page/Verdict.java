package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import rankine.engine.report.Headline;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Score;
import rankine.engine.stats.SeedSpread;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.GroupSummary;

/**
 * A task's result in sentences. A difference counts as found only if its corrected p-value is below
 * {@value #LEVEL}.
 *
 * @param tests number of headlines that Holm corrects for
 */
record Verdict(TaskResult task, int tests) {
  private static final double LEVEL = 0.05;

  private static final String NOT_EVALUATED_YET =
      "No choice has all its rates evaluated on validation yet.";

  /** Returns all sentences as one paragraph. */
  String sentences() {
    List<String> sentences = new ArrayList<>();
    if (task.headlines().size() == 1) {
      one(task.headlines().getFirst(), sentences);
    } else if (task.seedsAlike()) {
      one(task.headlines().getFirst(), sentences);
      sentences.add(
          "The seeds have the same prompts, as when no demonstration fits the model's context: they"
              + " are one measurement, not several.");
    } else {
      several(sentences);
    }
    if (task.headlines().stream().anyMatch(Headline::provisional)) {
      sentences.add("Validation is not complete, so this may change.");
    }
    return String.join(" ", sentences);
  }

  private void one(Headline headline, List<String> sentences) {
    headline.plain().ifPresent(plain -> sentences.add("Without pruning, " + plain(plain) + "."));
    String compared = NumberText.count(headline.candidates(), "pruned model");
    if (headline.candidates() == 0) {
      sentences.add(NOT_EVALUATED_YET);
      return;
    }
    if (headline.best().isEmpty()) {
      sentences.add(
          "Of the "
              + compared
              + " compared on validation, none is better than the unedited model.");
      return;
    }
    GroupSummary best = headline.best().get();
    sentences.add(
        "Of the %s compared on validation the best is %s, %s %s%s."
            .formatted(
                compared,
                DisplayNames.of(best.key().target()),
                best.key().target().axis(),
                best.chosen().orElseThrow(),
                headline.tied() == 0
                    ? ""
                    : " ("
                        + NumberText.count(headline.tied(), "other choice")
                        + " with the same score)"));
    if (best.test().isEmpty()) {
      sentences.add("It has not been tested yet.");
    } else {
      tested(headline, best, sentences);
    }
  }

  private void tested(Headline headline, GroupSummary best, List<String> sentences) {
    GroupSummary.Change test = best.test().orElseThrow();
    double adjusted = headline.adjusted().orElseThrow();
    String corrected =
        tests == 1
            ? "the only headline test"
            : "corrected for %d headline tests %s".formatted(tests, NumberText.p(adjusted));
    sentences.add(
        "On test its %s is %s: %s (95 %% interval %s), %s, %s."
            .formatted(
                task.score(),
                NumberText.score(task.metric(), test.chosen().shown()),
                NumberText.change(task.metric(), test.value()),
                NumberText.change(task.metric(), best.interval().orElseThrow()),
                NumberText.pIs(best.pValue().orElseThrow()),
                corrected));
    sentences.add(conclusion(adjusted, best.comparison().orElseThrow().secondIsBetter()));
  }

  /**
   * Returns the conclusion of the test. It compares correct examples, also if the score is F1.
   *
   * @param better whether pruning improves what is compared
   */
  private String conclusion(double adjusted, boolean better) {
    String tested =
        switch (task.metric()) {
          case ACCURACY, PERPLEXITY -> task.score();
          case F1 -> "share of exact matches";
        };
    if (adjusted >= LEVEL) {
      return "Chance alone may explain the difference in " + tested + ".";
    }
    return "Pruning %s the %s, by more than chance explains at the 5 %% level."
        .formatted(
            better == (task.metric() != Score.Metric.PERPLEXITY) ? "raises" : "lowers", tested);
  }

  private String plain(Score plain) {
    return switch (plain) {
      case TextScore text ->
          "the perplexity of the test text is %s (95 %% interval %s, from %s)"
              .formatted(
                  NumberText.score(text.metric(), text.shown()),
                  NumberText.range(text.metric(), text.interval()),
                  NumberText.count(text.windows(), "window"));
      case TaskScore answers when answers.f1().isPresent() ->
          "the mean F1 on %s is %s"
              .formatted(
                  NumberText.count(answers.n(), "test example"), NumberText.share(answers.value()));
      case TaskScore choices ->
          "the model answers %s of %s correctly: %s (95 %% interval %s)"
              .formatted(
                  NumberText.count(choices.correct()),
                  NumberText.count(choices.n(), "test example"),
                  NumberText.share(choices.value()),
                  NumberText.share(choices.range().orElseThrow()));
    };
  }

  private void several(List<String> sentences) {
    task.plainSpread()
        .ifPresent(
            s -> sentences.add("Without pruning, the " + task.score() + " on test is " + mean(s)));
    IntSummaryStatistics candidates =
        task.headlines().stream().mapToInt(Headline::candidates).summaryStatistics();
    String minimum =
        candidates.getMin() == candidates.getMax()
            ? ""
            : NumberText.count(candidates.getMin()) + " to ";
    sentences.add(
        "Each seed chooses among %s%s on validation."
            .formatted(minimum, NumberText.count(candidates.getMax(), "pruned model")));
    if (task.headlines().stream().allMatch(headline -> headline.best().isEmpty())) {
      sentences.add(
          candidates.getMax() == 0 ? NOT_EVALUATED_YET : "None is better than the unedited model.");
      return;
    }
    task.changeSpread()
        .ifPresent(
            spread -> {
              sentences.add(
                  "On test, its choice changes the " + task.score() + " by " + change(spread));
              sentences.add(significant());
            });
  }

  private String significant() {
    List<Headline> tested =
        task.headlines().stream().filter(h -> h.adjusted().isPresent()).toList();
    if (tested.isEmpty()) {
      return "No seed has a pruned model to test.";
    }
    List<Boolean> found =
        tested.stream()
            .filter(h -> h.adjusted().orElseThrow() < LEVEL)
            .map(h -> h.best().orElseThrow().comparison().orElseThrow().secondIsBetter())
            .toList();
    String of = tested.size() == 1 ? "the 1 test" : "the " + tested.size() + " tests";
    if (found.isEmpty()) {
      return "None of %s has a corrected p below 0.05: chance alone may explain it.".formatted(of);
    }
    long up = found.stream().filter(better -> better).count();
    return "Of %s %d %s a corrected p below 0.05: %d up, %d down."
        .formatted(of, found.size(), found.size() == 1 ? "has" : "have", up, found.size() - up);
  }

  private static String mean(SeedSpread spread) {
    return "%s, the mean of %s (%s to %s)."
        .formatted(
            NumberText.share(spread.mean()),
            NumberText.count(spread.seeds(), "seed"),
            NumberText.share(spread.min()),
            NumberText.share(spread.max()));
  }

  private static String change(SeedSpread spread) {
    return "%s in the mean of %s (%s to %s%s)."
        .formatted(
            NumberText.change(spread.mean()),
            NumberText.count(spread.seeds(), "seed"),
            NumberText.change(spread.min()),
            NumberText.change(spread.max()),
            spread
                .interval()
                .map(i -> "; 95 % t interval of the mean " + NumberText.change(i))
                .orElse(""));
  }
}
