package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A confidence interval, in the unit of the estimated quantity.
 *
 * @param method that computed it, such as {@code percentile}
 * @param level the confidence level, such as 0.95
 * @param lower finite
 * @param upper finite, not below {@code lower}
 */
public record Interval(String method, double level, double lower, double upper) {

  /** Keys {@code method}, {@code level}, {@code lower}, {@code upper}. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("method", method)
        .put("level", level)
        .put("lower", lower)
        .put("upper", upper);
  }
}
