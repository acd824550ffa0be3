package rankine.tokenizer;

import java.util.List;

/** Ids that are put around a text's own. */
record SpecialTokenTemplate(List<Integer> before, List<Integer> after) {
  static final SpecialTokenTemplate NONE = new SpecialTokenTemplate(List.of(), List.of());

  SpecialTokenTemplate {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }
}
