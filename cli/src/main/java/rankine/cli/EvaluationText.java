package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import rankine.common.io.Shown;
import rankine.engine.icl.ConfusionMatrix;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.PooledResult;
import rankine.engine.icl.SuiteResult;
import rankine.engine.stats.Interval;

/** The result of an evaluation as text. */
final class EvaluationText {
  private EvaluationText() {}

  static void print(PrintStream out, EvaluationResult result) {
    EvaluationResult.Counts counts = result.counts();
    out.printf(
        "%s (%s), %s: %s %.4f  (%d of %d; 95 %% Wilson interval %.4f to %.4f)%n",
        Shown.name(result.task().name()),
        result.task().version(),
        result.options().part().label(),
        counts.f1().isPresent() ? "exact match" : "accuracy",
        result.accuracy(),
        counts.correct(),
        counts.n(),
        counts.interval().lower(),
        counts.interval().upper());
    counts.f1().ifPresent(f1 -> out.printf("  F1 %.4f%n", f1));
    counts
        .perplexity()
        .ifPresent(value -> out.printf("  perplexity %.4f (per choice, not per token)%n", value));
    if (counts.ties() > 0) {
      out.printf("  ties (no single highest-scoring choice): %d%n", counts.ties());
    }
    counts
        .paperAccuracy()
        .ifPresent(
            a -> out.printf("  accuracy with the divisor of the reference code, n - 1: %.4f%n", a));
    counts
        .lengthNormalisedAccuracy()
        .ifPresent(a -> out.printf("  accuracy by log-likelihood per token: %.4f%n", a));
    counts
        .accuracyPerCharacter()
        .ifPresent(a -> out.printf("  accuracy by log-likelihood per character: %.4f%n", a));
    out.printf(
        "  %d demonstrations, a shared prefix of %d tokens; seed %d%n",
        result.setting().demonstrations().size(),
        result.setting().prefixTokens(),
        result.options().seed());
    counts.confusion().ifPresent(matrix -> print(out, matrix));
    result.notes().forEach(note -> out.println("  note: " + Shown.line(note)));
  }

  /** Prints a line for each result, then one for each task with several. */
  static void printTable(PrintStream out, SuiteResult suite) {
    out.printf("  %-24s %-10s %8s  %-18s %6s%n", "task", "split", "accuracy", "95 % interval", "n");
    for (SuiteResult.PartResult part : suite.parts()) {
      EvaluationResult result = part.result();
      EvaluationResult.Counts counts = result.counts();
      String name = part.folder().map(Shown::name).orElseGet(() -> name(result));
      printRow(out, name, result, result.accuracy(), counts.interval(), counts.n());
    }
    for (PooledResult group : suite.groups()) {
      EvaluationResult first = group.results().getFirst();
      printRow(out, name(first), first, group.accuracy(), group.interval(), group.n());
    }
  }

  private static String name(EvaluationResult result) {
    return Shown.name(result.task().name()) + ":" + result.task().version();
  }

  private static void printRow(
      PrintStream out,
      String name,
      EvaluationResult of,
      double accuracy,
      Interval interval,
      int n) {
    out.printf(
        "  %-24s %-10s %8.4f  %.4f to %.4f   %6d%n",
        name, of.options().part().label(), accuracy, interval.lower(), interval.upper(), n);
  }

  private static void print(PrintStream out, ConfusionMatrix matrix) {
    List<String> labels = matrix.labels().stream().map(Shown::name).toList();
    int longest = labels.stream().mapToInt(String::length).max().orElse(0);
    int width = Math.max(8, longest) + 2;
    out.printf("  confusion matrix (rows: gold, columns: predicted)%n");
    out.print("  " + " ".repeat(width));
    labels.forEach(label -> out.printf("%" + width + "s", label));
    out.println();
    for (int gold = 0; gold < labels.size(); gold++) {
      out.printf("  %-" + width + "s", labels.get(gold));
      for (int predicted = 0; predicted < labels.size(); predicted++) {
        out.printf("%" + width + "d", matrix.counts().get(gold).get(predicted));
      }
      out.println();
    }
  }
}
