package rankine.engine;

import java.util.Arrays;
import java.util.List;
import rankine.engine.run.GeneratedText;

/**
 * Generated text.
 *
 * @param text the new text, without the prompt and without the stop text that ended it
 * @param ids the new token ids, with those of a stop text that ended the generation
 */
public record Generation(String text, List<Integer> ids) {
  /** Copies the list. */
  public Generation {
    ids = List.copyOf(ids);
  }

  static Generation of(GeneratedText done) {
    return new Generation(done.text(), Arrays.stream(done.ids()).boxed().toList());
  }
}
