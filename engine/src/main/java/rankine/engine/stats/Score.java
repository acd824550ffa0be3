package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/**
 * How one evaluation went.
 *
 * @param n examples
 * @param correct right ones; in a task with answers exact matches
 * @param interval 95 %, of correct / n
 * @param f1 the mean, in a task with answers
 */
public record Score(int n, int correct, WilsonInterval interval, OptionalDouble f1) {

  /** Of counts alone. */
  public static Score of(int n, int correct, OptionalDouble f1) {
    return new Score(n, correct, WilsonInterval.of95(correct, n), f1);
  }

  /** What a choice goes by: F1 in a task with answers, accuracy elsewhere. */
  public double value() {
    return f1.orElse(accuracy());
  }

  /** correct / n. */
  public double accuracy() {
    return (double) correct / n;
  }

  /**
   * Keys {@code n}, {@code correct}, {@code accuracy}, {@code lower}, {@code upper}, {@code f1}.
   */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("n", n).put("correct", correct).put("accuracy", accuracy());
    json.put("lower", interval.lower()).put("upper", interval.upper());
    f1.ifPresent(mean -> json.put("f1", mean));
    return json;
  }
}
