package rankine.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Collects the figures of a run and the ratios of Rankine to its rivals. */
final class Results {
  /**
   * One contender's measurements of one quantity.
   *
   * @param what the measured quantity
   * @param unit unit of the samples, e.g. {@code tokens/s}
   * @param first the first call, without warm-up, in the same unit
   * @param otherLoad processors that other programs used during the measurement
   */
  record Figure(
      String what,
      String contender,
      String unit,
      Measurements samples,
      OptionalDouble first,
      OptionalDouble otherLoad) {
    /** A figure that does not depend on other load. */
    static Figure of(String what, String contender, String unit, double[] values) {
      return new Figure(
          what,
          contender,
          unit,
          new Measurements(values),
          OptionalDouble.empty(),
          OptionalDouble.empty());
    }
  }

  /**
   * Rankine against another contender, as a ratio of medians.
   *
   * @param goal text of the goal, e.g. {@code ≥ 0.5}
   */
  record Ratio(Figure ours, Figure against, Optional<String> goal) {
    double value() {
      return ours.samples().median() / against.samples().median();
    }
  }

  /** A table of its own; cells are text. */
  record Table(String title, List<String> header, List<List<String>> rows) {
    /** Copies the lists. */
    Table {
      header = List.copyOf(header);
      rows = List.copyOf(rows);
    }

    /** Returns it as Markdown, numbers to the right. */
    String markdown() {
      List<String> lines = new ArrayList<>(List.of("## " + title, "", line(header)));
      lines.add("| --- |" + " ---: |".repeat(header.size() - 1));
      rows.forEach(row -> lines.add(line(row)));
      return String.join("\n", lines);
    }

    private static String line(List<String> cells) {
      return "| " + String.join(" | ", cells) + " |";
    }
  }

  private final Map<String, String> contenders = new LinkedHashMap<>();
  private final List<Figure> figures = new ArrayList<>();
  private final List<Ratio> ratios = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final Consumer<Results> saved;

  /** Collects in memory only. */
  Results() {
    this(results -> {});
  }

  /** Calls {@code saved} after each group of figures. */
  Results(Consumer<Results> saved) {
    this.saved = saved;
  }

  /** States that the figures, ratios and remarks of a comparison are complete. */
  void groupEnds() {
    saved.accept(this);
  }

  /** Adds a contender with its version and settings. */
  void contender(WorkerProcess worker) {
    contenders.put(worker.name(), worker.description());
  }

  Figure figure(Figure figure) {
    figures.add(figure);
    System.err.printf(
        "%s: %s: %s %s%n",
        figure.what(), figure.contender(), FigureText.spread(figure.samples()), figure.unit());
    return figure;
  }

  void ratio(Figure ours, Figure against, String goal) {
    ratios.add(new Ratio(ours, against, goal.isEmpty() ? Optional.empty() : Optional.of(goal)));
  }

  /** Returns the most processors that other programs used during a measurement. */
  OptionalDouble otherLoad() {
    return figures.stream().flatMapToDouble(f -> f.otherLoad().stream()).max();
  }

  /** Adds a sentence to the report. */
  void remark(String sentence) {
    remarks.add(sentence);
    System.err.println(sentence);
  }

  /** Adds a table after the ratios; it replaces one with the same title. */
  void table(Table table) {
    tables.removeIf(known -> known.title().equals(table.title()));
    tables.add(table);
  }

  List<Table> tables() {
    return tables;
  }

  Map<String, String> contenders() {
    return contenders;
  }

  List<Figure> figures() {
    return figures;
  }

  List<Ratio> ratios() {
    return ratios;
  }

  List<String> remarks() {
    return remarks;
  }
}
