package rankine.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a run has found so far: figures, and how ours compare. */
final class Results {
  /**
   * One contender's measurements of one thing.
   *
   * @param unit of the samples, e.g. {@code tokens/s}
   * @param first the value of the very first call, before any warm-up, in the same unit
   * @param otherLoad processors that other programs used meanwhile
   */
  record Figure(
      String what,
      String contender,
      String unit,
      Measurements samples,
      OptionalDouble first,
      OptionalDouble otherLoad) {
    /** Of what does not depend on other programs. */
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
   * Ours against another's, as a ratio of medians.
   *
   * @param goal for people, e.g. {@code ≥ 0.5}
   */
  record Ratio(Figure ours, Figure against, Optional<String> goal) {
    double value() {
      return ours.samples().median() / against.samples().median();
    }
  }

  private final Map<String, String> contenders = new LinkedHashMap<>();
  private final List<Figure> figures = new ArrayList<>();
  private final List<Ratio> ratios = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /** Who took part, and how. */
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

  /** The most processors that other programs used during a measurement. */
  OptionalDouble otherLoad() {
    return figures.stream().flatMapToDouble(f -> f.otherLoad().stream()).max();
  }

  /** A sentence for the report. */
  void remark(String sentence) {
    remarks.add(sentence);
    System.err.println(sentence);
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
