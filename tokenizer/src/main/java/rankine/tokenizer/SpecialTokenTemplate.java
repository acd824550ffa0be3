package rankine.tokenizer;

import java.util.List;

/** Special token ids that encoding adds before and after the ids of a text. */
record SpecialTokenTemplate(List<Integer> before, List<Integer> after) {
  static final SpecialTokenTemplate NONE = new SpecialTokenTemplate(List.of(), List.of());

  SpecialTokenTemplate {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }
}
