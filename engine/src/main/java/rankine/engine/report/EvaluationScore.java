package rankine.engine.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;
import rankine.engine.stats.WilsonInterval;

/**
 * Score of one evaluation.
 *
 * @param n number of examples
 * @param correct number of correct examples; exact matches for a task with free-form answers
 * @param interval 95 % Wilson interval of correct / n
 * @param f1 the mean F1, for a task with free-form answers
 */
public record EvaluationScore(int n, int correct, WilsonInterval interval, OptionalDouble f1) {

  /** The score of counts, with their interval. */
  static EvaluationScore of(int n, int correct, OptionalDouble f1) {
    return new EvaluationScore(n, correct, WilsonInterval.of95(correct, n), f1);
  }

  /** The score that rates are chosen by: F1 for a task with free-form answers, else accuracy. */
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
