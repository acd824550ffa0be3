package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import rankine.common.EditException;
import rankine.common.io.TextFile;

/**
 * The text whose activations an activation-aware method keeps, and which activations.
 *
 * @param text one stream of tokens, BOS once at the start where the tokenizer adds it
 * @param context tokens of a window, at least 1
 * @param windows number of windows, from the start of the text, without overlap
 * @param sequential whose inputs count
 * @param anchor for {@link EditMethod#ANCHORED}: the share β of the original model's outputs in the
 *     target, in [0, 1]
 */
public record Calibration(
    TextFile text, int context, int windows, Sequential sequential, double anchor) {
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

  /** Adds the keys {@code calibration} and, by method, {@code sequential} or {@code anchor}. */
  void addTo(ObjectNode json, EditMethod method) {
    ObjectNode source = JsonNodeFactory.instance.objectNode();
    source.put("text", text.name()).put("sha256", text.sha256());
    json.set("calibration", source.put("context", context).put("windows", windows));
    if (method == EditMethod.ANCHORED) {
      json.put("anchor", anchor);
    } else {
      json.put("sequential", sequential.label());
    }
  }
}
