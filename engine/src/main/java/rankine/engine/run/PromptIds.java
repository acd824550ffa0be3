package rankine.engine.run;

import rankine.common.ModelException;
import rankine.tokenizer.Tokenizer;

/** A prompt's ids: its text, after BOS where the tokenizer's own configuration adds it; no EOS. */
public final class PromptIds {
  private PromptIds() {}

  /**
   * The ids of {@code text}.
   *
   * @throws ModelException if there are none: a model cannot continue nothing
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
