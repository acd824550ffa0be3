package rankine.engine.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import rankine.engine.icl.Part;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.Site;
import rankine.engine.sweep.SweepRun;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TestCells;

/** Puts together what a run says of a task. */
final class Tasks {
  private Tasks() {}

  static TaskResult of(
      SweepRun run,
      TaskVersion task,
      List<ClippingRate> rates,
      List<Headline> headlines,
      List<GroupSummary> groups) {
    Map<Site, List<GroupSummary>> bySite =
        groups.stream()
            .sorted(Comparator.comparingInt(group -> group.group().site().layer()))
            .collect(
                Collectors.groupingBy(
                    group -> group.group().site(), LinkedHashMap::new, Collectors.toList()));
    List<Curve> curves = new ArrayList<>(curves(run, bySite, rates, Part.VALIDATION));
    if (run.identity().test() == TestCells.ALL) {
      curves.addAll(curves(run, bySite, rates, Part.TEST));
    }
    boolean alike = seedsAlike(run, task);
    return new TaskResult(
        task,
        run.cells().values().stream()
            .anyMatch(cell -> cell.key().task().equals(task) && cell.f1().isPresent()),
        headlines,
        alike,
        alike
            ? Optional.empty()
            : spread(
                headlines.stream()
                    .flatMap(headline -> headline.plain().stream())
                    .mapToDouble(Score::value)),
        alike
            ? Optional.empty()
            : spread(headlines.stream().flatMapToDouble(headline -> headline.change().stream())),
        curves,
        bySite.entrySet().stream().map(site -> Effect.of(site.getKey(), site.getValue())).toList(),
        groups);
  }

  private static boolean seedsAlike(SweepRun run, TaskVersion task) {
    List<Cell> plain =
        run.plain(Part.TEST).stream().filter(cell -> cell.key().task().equals(task)).toList();
    return plain.stream().anyMatch(a -> plain.stream().filter(a::asksTheSame).count() > 1);
  }

  private static Optional<SeedSpread> spread(DoubleStream values) {
    double[] all = values.toArray();
    return all.length == 0 ? Optional.empty() : Optional.of(SeedSpread.of(all));
  }

  private static List<Curve> curves(
      SweepRun run, Map<Site, List<GroupSummary>> sites, List<ClippingRate> rates, Part part) {
    List<Curve> curves = new ArrayList<>();
    sites.forEach(
        (site, seeds) -> {
          List<Curve.Point> points = new ArrayList<>();
          for (ClippingRate rate : rates) {
            List<Score> scores = scores(run, seeds, rate, part);
            if (!scores.isEmpty()) {
              points.add(Curve.Point.of(rate, scores));
            }
          }
          if (!points.isEmpty()) {
            curves.add(new Curve(site, part, points));
          }
        });
    return curves;
  }

  private static List<Score> scores(
      SweepRun run, List<GroupSummary> seeds, ClippingRate rate, Part part) {
    List<Score> scores = new ArrayList<>();
    for (GroupSummary seed : seeds) {
      Cell cell = run.cells().get(seed.group().cell(rate, part));
      if (cell != null) {
        scores.add(Groups.score(cell));
      }
    }
    return scores;
  }
}
