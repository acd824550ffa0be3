package rankine.tokenizer;

import java.util.List;

/** Ids that are put around a text's own. */
record Template(List<Integer> before, List<Integer> after) {
  static final Template NONE = new Template(List.of(), List.of());

  Template {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }
}
