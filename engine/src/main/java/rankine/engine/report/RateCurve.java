package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Score;
import rankine.engine.stats.WilsonInterval;
import rankine.engine.sweep.EditTarget;

/**
 * The score against the rate at one place of the model.
 *
 * @param points by rate, ascending; rate 0 is the plain model. A rate that was not run has none
 */
public record RateCurve(EditTarget site, EvaluationSplit part, List<Point> points) {

  /** Copies the list. */
  public RateCurve {
    points = List.copyOf(points);
  }

  /**
   * One rate.
   *
   * @param n examples a seed
   * @param score accuracy, or F1 in a task with answers; of several seeds the mean
   * @param interval 95 %, of the accuracy at n examples: other seeds ask the same examples with
   *     other demonstrations, so they do not narrow it. Absent in a task with answers
   * @param bySeed each seed's score
   */
  public record Point(
      PruningRate rate,
      int n,
      double score,
      Optional<WilsonInterval> interval,
      List<Double> bySeed) {

    /** Copies the list. */
    public Point {
      bySeed = List.copyOf(bySeed);
    }

    /** The mean of several seeds' scores at one rate; at least one. */
    static Point of(PruningRate rate, List<Score> scores) {
      int n = mean(scores.stream().mapToInt(Score::n).average().orElseThrow());
      int correct = mean(scores.stream().mapToInt(Score::correct).average().orElseThrow());
      boolean answers = scores.getFirst().f1().isPresent();
      return new Point(
          rate,
          n,
          scores.stream().mapToDouble(Score::value).average().orElseThrow(),
          answers ? Optional.empty() : Optional.of(WilsonInterval.of95(correct, n)),
          scores.stream().map(Score::value).toList());
    }

    private static int mean(double average) {
      return (int) Math.round(average);
    }

    private ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("rate", rate.value()).put("n", n).put("score", score);
      interval.ifPresent(i -> json.put("lower", i.lower()).put("upper", i.upper()));
      ArrayNode seeds = json.putArray("by_seed");
      bySeed.forEach(seeds::add);
      return json;
    }
  }

  /** Keys {@code layer}, {@code module}, {@code part}, {@code points}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("layer", site.layer()).put("module", site.modules().name());
    json.put("part", part.label());
    ArrayNode list = json.putArray("points");
    points.forEach(point -> list.add(point.toJson()));
    return json;
  }
}
