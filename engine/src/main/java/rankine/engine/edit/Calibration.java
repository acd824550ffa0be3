package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import rankine.common.EditException;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.TextFile;

/**
 * The text whose activations an activation-aware method keeps, and which activations.
 *
 * @param text a UTF-8 file: one stream of tokens, BOS once at the start where the tokenizer adds it
 * @param sha256 of its bytes
 * @param context tokens of a window, at least 1
 * @param windows number of windows, from the start of the text, without overlap
 * @param sequential whose inputs count
 * @param anchor for {@link EditMethod#ANCHORED}: the share β of the original model's outputs in the
 *     target, in [0, 1]
 */
public record Calibration(
    Path text, String sha256, int context, int windows, Sequential sequential, double anchor) {
  /** Windows where no number is given. */
  public static final int DEFAULT_WINDOWS = 64;

  /** Of ¼, ½, ¾ and 1 the best in our tables. */
  public static final double DEFAULT_ANCHOR = 0.5;

  /** What the inputs of a matrix went through. */
  public enum Sequential {
    /** The original model. */
    NONE,
    /** The compressed blocks before, and the original matrices of its own block. */
    BLOCK,
    /** All compressed matrices before. */
    GROUP;

    /** Returns the name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public Calibration {
    if (context < 1 || windows < 1) {
      throw new EditException(
          "calibration: expected at least one window of one token, found %d of %d"
              .formatted(windows, context));
    }
    if (!(anchor >= 0 && anchor <= 1)) {
      throw new EditException("anchor: expected a number from 0 to 1, found " + anchor);
    }
  }

  /**
   * A calibration with the text as it is now.
   *
   * @throws rankine.common.TaskException as in {@link TextFile#read}
   */
  public static Calibration of(
      Path text, int context, int windows, Sequential sequential, double anchor) {
    return new Calibration(
        text, TextFile.read(text).sha256(), context, windows, sequential, anchor);
  }

  /** Returns the same text with other inputs. */
  public Calibration withSequential(Sequential other) {
    return new Calibration(text, sha256, context, windows, other, anchor);
  }

  /**
   * Reads the text.
   *
   * @throws EditException if it is no longer the same
   * @throws rankine.common.TaskException as in {@link TextFile#read}
   */
  public TextFile read() {
    TextFile file = TextFile.read(text);
    if (!file.sha256().equals(sha256)) {
      throw new EditException(
          "%s: sha256: expected %s, the calibration text, found %s"
              .formatted(file.name(), sha256, file.sha256()));
    }
    return file;
  }

  /**
   * Reads what {@link #toJson} writes.
   *
   * @throws rankine.common.RankineException for a fault, as {@code json} makes it
   */
  public static Calibration of(JsonObject json) {
    Calibration calibration =
        new Calibration(
            json.get("text", JsonKind.PATH),
            json.get("sha256", JsonKind.TEXT),
            json.get("context", JsonKind.integer(1, Integer.MAX_VALUE)),
            json.get("windows", JsonKind.integer(1, Integer.MAX_VALUE)),
            json.get("sequential", JsonKind.oneOf(Sequential.values(), Sequential::label)),
            json.get("anchor", JsonKind.number(0, 1)));
    json.done();
    return calibration;
  }

  /** Keys {@code text}, {@code sha256}, and the other components by their names. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("text", text.toString())
        .put("sha256", sha256)
        .put("context", context)
        .put("windows", windows)
        .put("sequential", sequential.label())
        .put("anchor", anchor);
  }
}
