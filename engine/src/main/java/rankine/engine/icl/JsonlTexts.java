package rankine.engine.icl;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.function.Consumer;
import rankine.common.TaskException;
import rankine.common.io.Json;
import rankine.common.io.JsonKind;

/** Reads the texts of a JSON Lines file, {@code {"text": …}} per line; ignores other keys. */
public final class JsonlTexts {
  /** Longest line, in chars: texts to tokenize may be much longer than rows of a data set. */
  private static final int MAX_LINE_CHARS = 1 << 28;

  private JsonlTexts() {}

  /**
   * Passes every text to {@code each}, in order. Skips empty lines.
   *
   * @throws TaskException for a file that cannot be read, or a line without a text
   */
  public static void read(Path file, Consumer<String> each) {
    DataFileReader.read(
        file,
        MAX_LINE_CHARS,
        text -> {
          int number = 0;
          for (String line = text.readLine(); line != null; line = text.readLine()) {
            number++;
            if (!line.isBlank()) {
              each.accept(text(DataFileReader.name(file) + ":" + number, line));
            }
          }
          return null;
        });
  }

  private static String text(String where, String line) {
    return Json.of(where, TaskException::new)
        .object(new StringReader(line))
        .get("text", JsonKind.STRING);
  }
}
