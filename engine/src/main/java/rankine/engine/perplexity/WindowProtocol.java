package rankine.engine.perplexity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import rankine.common.TaskException;

/**
 * How windows are laid over a text. Figures of different protocols are not comparable.
 *
 * @param context tokens of a window ({@code rolling}: inputs), at least 2
 * @param stride tokens from one window to the next, at most {@code context}; {@code rolling} has
 *     stride {@code context}
 */
public record WindowProtocol(int context, int stride, WindowMode mode) {
  /** Checks the ranges. */
  public WindowProtocol {
    if (context < 2) {
      throw new TaskException("context: expected at least 2 tokens, found " + context);
    }
    if (stride < 1 || stride > context) {
      throw new TaskException(
          "stride: expected 1 to %d (the context), found %d".formatted(context, stride));
    }
    if (mode == WindowMode.ROLLING && stride != context) {
      throw new TaskException(
          "stride: expected %d (the context) with mode rolling, found %d"
              .formatted(context, stride));
    }
  }

  /**
   * Returns the windows over a text of {@code tokens}, in order; together they score each token at
   * most once.
   *
   * @param name of the text, for the message
   * @throws TaskException if none fits
   */
  public List<TextWindow> over(int tokens, String name) {
    if (tokens < 2) {
      throw new TaskException(name + ": expected at least 2 tokens, found " + tokens);
    }
    if (mode == WindowMode.DROP && tokens < context) {
      throw new TaskException(
          "%s: expected at least %d tokens (the context, with mode drop), found %d"
              .formatted(name, context, tokens));
    }
    return mode == WindowMode.ROLLING ? rolling(tokens) : sliding(tokens);
  }

  private List<TextWindow> sliding(int tokens) {
    List<TextWindow> windows = new ArrayList<>();
    int scoredTo = 0;
    for (int start = 0; scoredTo < tokens; start += stride) {
      int end = (int) Math.min(tokens, (long) start + context);
      int first = Math.max(scoredTo, start + 1);
      if (mode == WindowMode.DROP && end - start < context) {
        break;
      }
      if (first < end) { // a window of one token scores nothing
        windows.add(new TextWindow(start, first, end));
      }
      scoredTo = end;
    }
    return windows;
  }

  private List<TextWindow> rolling(int tokens) {
    List<TextWindow> windows = new ArrayList<>();
    for (int first = 1; first < tokens; ) {
      int end = (int) Math.min(tokens, (long) first + context);
      windows.add(new TextWindow(Math.max(0, end - 1 - context), first, end));
      first = end;
    }
    return windows;
  }

  /** Keys {@code context}, {@code stride}, {@code mode}. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("context", context)
        .put("stride", stride)
        .put("mode", mode.label());
  }

  @Override
  public String toString() {
    return "context %d, stride %d, %s".formatted(context, stride, mode.label());
  }
}
