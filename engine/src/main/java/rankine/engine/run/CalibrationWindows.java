package rankine.engine.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.EditException;
import rankine.common.io.Shown;
import rankine.engine.edit.Calibration;
import rankine.tokenizer.Tokenizer;

/** The windows of a calibration text, from its start, as ids. */
final class CalibrationWindows {
  private CalibrationWindows() {}

  /**
   * Reads and encodes the text.
   *
   * @throws EditException if the text has changed or is too short, or a window is longer than the
   *     model's context
   */
  static List<int[]> of(Calibration calibration, Tokenizer tokenizer, int contextLength) {
    int context = calibration.context();
    if (context > contextLength) {
      throw new EditException(
          "calibration context: expected at most %d (the model's limit), found %d"
              .formatted(contextLength, context));
    }
    String text = calibration.read().text();
    int[] ids = text.isEmpty() ? new int[0] : PromptIds.of(tokenizer, text);
    if (ids.length < 2) { // no options help
      throw new EditException(
          "%s: expected a text of at least 2 tokens, found %d"
              .formatted(Shown.path(calibration.text()), ids.length));
    }
    long needed = (long) context * calibration.windows();
    if (needed > ids.length) {
      throw new EditException(
          "%s: expected %d tokens (%d windows of %d), found %d; %s"
              .formatted(
                  Shown.path(calibration.text()),
                  needed,
                  calibration.windows(),
                  context,
                  ids.length,
                  ids.length < context
                      ? "take a smaller --calibration-context and fewer --calibration-windows"
                      : "take --calibration-windows " + ids.length / context));
    }
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i < calibration.windows(); i++) {
      windows.add(Arrays.copyOfRange(ids, i * context, (i + 1) * context));
    }
    return windows;
  }
}
