package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The score on a task's examples.
 *
 * @param n number of examples
 * @param correct number of correct examples; exact matches for a generative task
 * @param interval 95 % interval of correct / n
 * @param f1 mean F1, for a generative task
 */
public record TaskScore(int n, int correct, Interval interval, OptionalDouble f1) implements Score {

  /** Computes the interval from the counts. */
  public static TaskScore of(int n, int correct, OptionalDouble f1) {
    return new TaskScore(n, correct, Interval.wilson95(correct, n), f1);
  }

  @Override
  public Metric metric() {
    return f1.isPresent() ? Metric.F1 : Metric.ACCURACY;
  }

  /** Returns F1 for a generative task, else accuracy. */
  @Override
  public double shown() {
    return value();
  }

  /** Returns the interval of the accuracy, for a task that is not generative. */
  @Override
  public Optional<Interval> range() {
    return f1.isPresent() ? Optional.empty() : Optional.of(interval);
  }

  /** Returns F1 for a generative task, else accuracy. */
  @Override
  public double value() {
    return f1.orElse(accuracy());
  }

  /** Returns correct / n. */
  public double accuracy() {
    return (double) correct / n;
  }

  /**
   * Returns keys {@code n}, {@code correct}, {@code accuracy}, {@code lower}, {@code upper}, {@code
   * f1}.
   */
  @Override
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("n", n).put("correct", correct).put("accuracy", accuracy());
    json.put("lower", interval.lower()).put("upper", interval.upper());
    f1.ifPresent(mean -> json.put("f1", mean));
    return json;
  }
}
