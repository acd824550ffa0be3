package rankine.engine.perplexity;

import java.util.Arrays;
import java.util.List;
import rankine.engine.replay.Prompt;

/**
 * A part of a text that a model reads on its own.
 *
 * @param start index of its first token in the text
 * @param firstScored index of the first token that it scores; above {@code start}
 * @param end index after its last token, which is scored but not an input
 */
public record TextWindow(int start, int firstScored, int end) {
  /** Checks the order. */
  public TextWindow {
    if (start < 0 || firstScored <= start || end <= firstScored) {
      throw new IllegalArgumentException("window " + start + ", " + firstScored + ", " + end);
    }
  }

  /** Returns the number of scored tokens. */
  public int scored() {
    return end - firstScored;
  }

  /** Returns the window as a prompt whose one continuation is all that it scores. */
  Prompt prompt(int[] ids) {
    return new Prompt(
        Arrays.copyOfRange(ids, start, firstScored),
        List.of(Arrays.copyOfRange(ids, firstScored, end)));
  }

  @Override
  public String toString() {
    return "tokens %d to %d, scored from %d".formatted(start, end - 1, firstScored);
  }
}
