package rankine.engine.icl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.function.Consumer;
import rankine.common.Shown;
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
    JsonNode object;
    try {
      object = StrictJson.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new TaskException(where + ": " + StrictJson.malformed(e), e);
    }
    JsonNode text = object.get("text");
    if (text == null || !text.isTextual()) {
      throw new TaskException(
          "%s: text: expected a string, found %s"
              .formatted(where, text == null ? "none" : Shown.brief(text.toString())));
    }
    return text.textValue();
  }
}
