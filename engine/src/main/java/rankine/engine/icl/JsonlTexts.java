package rankine.engine.icl;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.function.Consumer;
import rankine.common.Json;
import rankine.common.JsonKind;
import rankine.common.TaskException;

/** Texts in a file of JSON Lines, {@code {"text": …}} a line; other keys are passed over. */
public final class JsonlTexts {
  /** In chars. Texts to tokenize may be much longer than rows of a data set. */
  private static final int LONGEST_LINE = 1 << 28;

  private JsonlTexts() {}

  /**
   * Gives {@code each} every text in order. Empty lines count as nothing.
   *
   * @throws TaskException for a file that cannot be read, or a line without a text
   */
  public static void read(Path file, Consumer<String> each) {
    DataFileReader.read(
        file,
        LONGEST_LINE,
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
