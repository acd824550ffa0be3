package rankine.tokenizer;

import java.util.List;
import java.util.stream.Stream;

/** Ids that are put around a text's own. */
record Template(List<Integer> before, List<Integer> after) {
  static final Template NONE = new Template(List.of(), List.of());

  Template {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /** This template, and {@code outer} around it. */
  Template within(Template outer) {
    return new Template(join(outer.before, before), join(after, outer.after));
  }

  private static List<Integer> join(List<Integer> first, List<Integer> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
