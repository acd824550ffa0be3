package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Interval;
import rankine.engine.stats.Score;
import rankine.engine.stats.TaskScore;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.EditTarget;

/**
 * The score as a function of the pruning rate, for one layer and module, or of the ratio, for the
 * whole model and one method.
 *
 * @param points by rate, ascending; rate 0 is the unedited model. A rate that was not evaluated has
 *     no point
 */
public record RateCurve(EditTarget target, EvaluationSplit split, List<Point> points) {

  /** Copies the list. */
  public RateCurve {
    points = List.copyOf(points);
  }

  /**
   * The score at one rate.
   *
   * @param n examples per seed, or windows
   * @param score accuracy, or F1 for a task with free-form answers, the mean over seeds; or
   *     perplexity
   * @param interval 95 % interval: Wilson's of the accuracy at n examples, or the block bootstrap's
   *     of the perplexity. Seeds share the examples and differ in demonstrations only, so they do
   *     not narrow it. Absent for a task with free-form answers
   * @param bySeed each seed's score
   */
  public record Point(
      PruningRate rate, int n, double score, Optional<Interval> interval, List<Double> bySeed) {

    /** Copies the list. */
    public Point {
      bySeed = List.copyOf(bySeed);
    }

    /** The mean over the scores of several seeds at one rate; at least one. */
    static Point of(PruningRate rate, List<Score> scores) {
      int n = rounded(scores.stream().mapToInt(Score::n).average().orElseThrow());
      return new Point(
          rate,
          n,
          scores.stream().mapToDouble(Score::shown).average().orElseThrow(),
          interval(scores, n),
          scores.stream().map(Score::shown).toList());
    }

    private static Optional<Interval> interval(List<Score> scores, int n) {
      return switch (scores.getFirst()) {
        case TextScore text -> text.range(); // texts have no seeds
        case TaskScore task when task.f1().isPresent() -> Optional.empty();
        case TaskScore _ -> {
          int correct =
              rounded(
                  scores.stream()
                      .mapToInt(score -> ((TaskScore) score).correct())
                      .average()
                      .orElseThrow());
          yield TaskScore.of(n, correct, OptionalDouble.empty()).range();
        }
      };
    }

    private static int rounded(double average) {
      return (int) Math.round(average);
    }

    private ObjectNode toJson(String axis) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put(axis, rate.value()).put("n", n).put("score", score);
      interval.ifPresent(i -> json.put("lower", i.lower()).put("upper", i.upper()));
      ArrayNode seeds = json.putArray("by_seed");
      bySeed.forEach(seeds::add);
      return json;
    }
  }

  /** The target's keys, {@code part}, {@code points}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    target.addTo(json);
    json.put("part", split.label());
    ArrayNode list = json.putArray("points");
    points.forEach(point -> list.add(point.toJson(target.axis())));
    return json;
  }
}
