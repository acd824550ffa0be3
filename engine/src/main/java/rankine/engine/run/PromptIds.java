package rankine.engine.run;

import rankine.common.ModelException;
import rankine.tokenizer.Tokenizer;

/** Encodes prompts: BOS first if the tokenizer's own configuration adds it, never EOS. */
public final class PromptIds {
  private PromptIds() {}

  /**
   * Returns the ids of {@code text}, at least one.
   *
   * @throws ModelException if there are none: a model cannot continue an empty prompt
   */
  public static int[] of(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text);
    if (tokenizer.addsBos() && tokenizer.bosId().isPresent()) {
      int[] longer = new int[ids.length + 1];
      longer[0] = tokenizer.bosId().getAsInt();
      System.arraycopy(ids, 0, longer, 1, ids.length);
      ids = longer;
    }
    if (ids.length == 0) {
      throw new ModelException("prompt: expected at least one token, found none");
    }
    return ids;
  }
}
