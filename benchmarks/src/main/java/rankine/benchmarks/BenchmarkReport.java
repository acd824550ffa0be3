package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The report of a run: a Markdown table for people and JSON for programs.
 *
 * @param repeat the lines that repeat the run, the last of them its own command
 * @param finished whether the run has ended
 */
record BenchmarkReport(
    Map<String, String> machine, List<String> repeat, Results results, boolean finished) {

  /**
   * Returns ratios, remarks, first calls, contenders, machine and the command to repeat the run.
   */
  String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("# Rankine against other engines\n");
    lines.add("Written by `%s` at %s: do not edit.".formatted(program(), now()));
    lines.add("One run, contenders interleaved, one process each; median (minimum–maximum).\n");
    if (!finished) {
      lines.add("**Unfinished**: the run goes on, or was ended before all was measured.\n");
    }
    quiet(lines);
    lines.add("## Ratios\n");
    lines.add("| what | ours | against | theirs | unit | ours / theirs | goal | other load |");
    lines.add("| --- | ---: | --- | ---: | --- | ---: | --- | ---: |");
    for (Results.Ratio ratio : results.ratios()) {
      lines.add(
          "| %s | %s | %s | %s | %s | %s | %s | %s |"
              .formatted(
                  ratio.ours().what(),
                  FigureText.spread(ratio.ours().samples()),
                  ratio.against().contender(),
                  FigureText.spread(ratio.against().samples()),
                  ratio.ours().unit(),
                  FigureText.show(ratio.value()),
                  ratio.goal().orElse(""),
                  load(ratio.ours().otherLoad())));
    }
    lines.add("");
    results.tables().forEach(table -> lines.add(table.markdown() + "\n"));
    alone(lines);
    results.remarks().forEach(remark -> lines.add(remark + "\n"));
    firstCalls(lines);
    lines.add("## Contenders and machine\n");
    results.contenders().forEach((name, text) -> lines.add("- " + name + ": " + text));
    machine.forEach((name, text) -> lines.add("- " + name + ": " + text));
    lines.add("\n## To repeat\n");
    repeat.forEach(line -> lines.add("    " + line));
    return String.join("\n", lines) + "\n";
  }

  /** States whether other load makes the figures unreliable. */
  private void quiet(List<String> lines) {
    OptionalDouble most = results.otherLoad();
    if (most.isEmpty()) {
      return;
    }
    String verdict =
        most.getAsDouble() <= OtherLoad.QUIET
            ? "The machine was quiet: other programs used at most %s processors."
            : "**The machine was not quiet** (other programs used up to %s processors), so the ratios of"
                + " times do not hold: a BLAS loses more to a neighbour than its share. Run again.";
    lines.add(verdict.formatted(FigureText.show(most.getAsDouble())) + "\n");
  }

  private static String load(OptionalDouble processors) {
    return processors.isPresent() ? FigureText.show(processors.getAsDouble()) : "";
  }

  /** Lists the figures of which no ratio and no table tells: those without a rival. */
  private void alone(List<String> lines) {
    Set<String> told = new HashSet<>();
    results.ratios().forEach(ratio -> told.add(ratio.ours().what()));
    results.tables().forEach(table -> table.rows().forEach(row -> told.add(row.getFirst())));
    List<Results.Figure> others =
        results.figures().stream().filter(f -> !told.contains(f.what())).toList();
    if (others.isEmpty()) {
      return;
    }
    lines.add("Figures without a ratio:\n");
    for (Results.Figure figure : others) {
      lines.add(
          "- %s: %s: %s %s"
              .formatted(
                  figure.what(),
                  figure.contender(),
                  FigureText.spread(figure.samples()),
                  figure.unit()));
    }
    lines.add("");
  }

  private void firstCalls(List<String> lines) {
    List<Results.Figure> known =
        results.figures().stream().filter(f -> f.first().isPresent()).toList();
    if (known.isEmpty()) {
      return;
    }
    lines.add("The first call of each process, before any warm-up:\n");
    for (Results.Figure figure : known) {
      lines.add(
          "- %s: %s: %s %s"
              .formatted(
                  figure.what(),
                  figure.contender(),
                  FigureText.show(figure.first().getAsDouble()),
                  figure.unit()));
    }
    lines.add("");
  }

  /** Returns all samples, for programs. */
  ObjectNode json() {
    ObjectNode root = Worker.JSON.createObjectNode().put("time", now());
    machine.forEach(root.putObject("machine")::put);
    results.contenders().forEach(root.putObject("contenders")::put);
    root.put("finished", finished);
    List.of(repeat.getLast().split(" ")).forEach(root.putArray("command")::add);
    for (Results.Ratio ratio : results.ratios()) {
      ObjectNode entry =
          root.withArray("ratios")
              .addObject()
              .put("what", ratio.ours().what())
              .put("against", ratio.against().contender())
              .put("unit", ratio.ours().unit())
              .put("ours", ratio.ours().samples().median())
              .put("theirs", ratio.against().samples().median())
              .put("ratio", ratio.value());
      ratio.goal().ifPresent(goal -> entry.put("goal", goal));
    }
    for (Results.Figure figure : results.figures()) {
      ObjectNode entry =
          root.withArray("figures")
              .addObject()
              .put("what", figure.what())
              .put("contender", figure.contender())
              .put("unit", figure.unit())
              .put("median", figure.samples().median());
      figure.first().ifPresent(first -> entry.put("first_call", first));
      figure.otherLoad().ifPresent(load -> entry.put("other_load", load));
      for (double value : figure.samples().values()) {
        entry.withArray("samples").add(value);
      }
    }
    for (Results.Table table : results.tables()) {
      ObjectNode entry = root.withArray("tables").addObject().put("title", table.title());
      table.header().forEach(entry.withArray("header")::add);
      table.rows().forEach(row -> row.forEach(entry.withArray("rows").addArray()::add));
    }
    results.remarks().forEach(root.withArray("remarks")::add);
    return root;
  }

  private String program() {
    String command = repeat.getLast();
    int end = command.indexOf(" ");
    return end < 0 ? command : command.substring(0, end);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
