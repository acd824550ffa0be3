package rankine.engine;

import java.util.List;

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
}
