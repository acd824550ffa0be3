package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/**
 * The score of one evaluation.
 *
 * @param n number of examples
 * @param correct number of correct examples; exact matches for a generative task
 * @param interval 95 % interval of correct / n
 * @param f1 mean F1, for a generative task
 */
public record Score(int n, int correct, WilsonInterval interval, OptionalDouble f1) {

  /** Computes the interval from the counts. */
  public static Score of(int n, int correct, OptionalDouble f1) {
    return new Score(n, correct, WilsonInterval.of95(correct, n), f1);
  }

  /** Returns the value that a choice maximizes: F1 for a generative task, else accuracy. */
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
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("n", n).put("correct", correct).put("accuracy", accuracy());
    json.put("lower", interval.lower()).put("upper", interval.upper());
    f1.ifPresent(mean -> json.put("f1", mean));
    return json;
  }
}
