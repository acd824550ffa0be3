package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.RunException;

/**
 * Two texts, by the names of their files.
 *
 * @param validation the text that rates are chosen on
 * @param test the text that the choice is tested on
 */
public record TextPair(String validation, String test) implements Benchmark {
  /** Refuses an empty name. */
  public TextPair {
    if (validation.isEmpty() || test.isEmpty()) {
      throw new RunException("texts: expected two names, found an empty one");
    }
  }

  /** Adds {@code validation_text} and {@code test_text}. */
  @Override
  public void addTo(ObjectNode json) {
    json.put("validation_text", validation).put("test_text", test);
  }

  @Override
  public String toString() {
    return validation + " and " + test;
  }
}
