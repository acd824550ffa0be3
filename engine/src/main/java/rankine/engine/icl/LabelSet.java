package rankine.engine.icl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The classes of a task and the labels that the data uses for them.
 *
 * @param names the classes' names, by class index
 * @param spellings from a label in the data to its class index
 * @param ignored labels whose rows are skipped
 */
record LabelSet(List<String> names, Map<String, Integer> spellings, Set<String> ignored) {

  /** The label set of a generative task. */
  static final LabelSet NONE = new LabelSet(List.of(), Map.of(), Set.of());

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Returns every label allowed in the data, sorted, for messages. */
  String allowed() {
    return String.join(
        ", ", Stream.concat(spellings.keySet().stream(), ignored.stream()).sorted().toList());
  }
}
