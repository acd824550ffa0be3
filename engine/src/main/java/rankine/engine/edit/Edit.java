package rankine.engine.edit;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One edit as the command line has it, {@code LAYER:MODULE:RATE}.
 *
 * @param layer from 0; {@link #EVERY_LAYER} for all
 * @param modules which matrices of the layer
 * @param rate the fraction of the rank (or of the elements) that is removed, in [0, 1), as written
 */
public record Edit(int layer, Modules modules, BigDecimal rate) {
  /** Stands for all layers. */
  public static final int EVERY_LAYER = -1;

  private static final Pattern FORM =
      Pattern.compile("(-1|[0-9]{1,9}):([A-Za-z_]+):([0-9]{1,3}(?:\\.[0-9]{1,30})?)");

  /** Checks layer and rate. */
  public Edit {
    if (layer < EVERY_LAYER) {
      throw new EditException("layer: expected -1 (every layer) or more, found " + layer);
    }
    if (rate.signum() < 0 || rate.compareTo(BigDecimal.ONE) >= 0) {
      throw new EditException(
          "rate: expected 0 or more and less than 1, found " + rate.toPlainString());
    }
  }

  /**
   * Reads {@code 26:mlp:0.95}.
   *
   * @throws EditException for any other form, module or rate
   */
  public static Edit parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new EditException("edit: expected LAYER:MODULE:RATE, found '" + text + "'");
    }
    return new Edit(
        Integer.parseInt(form.group(1)), Modules.of(form.group(2)), new BigDecimal(form.group(3)));
  }

  /** Whether it leaves everything as it is. */
  public boolean isNone() {
    return rate.signum() == 0;
  }

  @Override
  public String toString() {
    return layer + ":" + modules.name() + ":" + rate.toPlainString();
  }
}
