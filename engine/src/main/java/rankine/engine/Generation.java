package rankine.engine;

import java.util.List;

/**
 * Generated text.
 *
 * @param text the new text, without the prompt
 * @param ids its token ids
 */
public record Generation(String text, List<Integer> ids) {
  /** Copies the list. */
  public Generation {
    ids = List.copyOf(ids);
  }
}
