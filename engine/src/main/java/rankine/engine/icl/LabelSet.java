package rankine.engine.icl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The classes of a task and how the data spells them.
 *
 * @param names the classes' names; a class's integer is its place in this list
 * @param spellings from a label as it stands in the data to the class's integer
 * @param ignored labels whose rows are left out
 */
record LabelSet(List<String> names, Map<String, Integer> spellings, Set<String> ignored) {

  /** Of a task without classes. */
  static final LabelSet NONE = new LabelSet(List.of(), Map.of(), Set.of());

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** For messages: every label that the data may carry, sorted. */
  String allowed() {
    return String.join(
        ", ", Stream.concat(spellings.keySet().stream(), ignored.stream()).sorted().toList());
  }
}
