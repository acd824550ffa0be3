package rankine.engine.edit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.EditException;
import rankine.engine.lowrank.PruningRate;

/**
 * One edit, {@code LAYER:MODULE:RATE} on the command line.
 *
 * @param layer index from 0; {@link #EVERY_LAYER} for all layers
 * @param modules the matrices of the layer
 * @param rate the fraction of the rank (or of the elements) to remove
 */
public record Edit(int layer, ModuleSelection modules, PruningRate rate) {
  /** Selects all layers. */
  public static final int EVERY_LAYER = -1;

  private static final Pattern FORM = Pattern.compile("(-1|[0-9]{1,9}):([A-Za-z_]+):([^:]+)");

  /** Checks the layer. */
  public Edit {
    if (layer < EVERY_LAYER) {
      throw new EditException("layer: expected -1 (every layer) or more, found " + layer);
    }
  }

  /**
   * Parses an edit such as {@code 26:mlp:0.95}.
   *
   * @throws EditException for another form or an unknown module
   * @throws rankine.common.EditException for a rate outside [0, 1)
   */
  public static Edit parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new EditException("edit: expected LAYER:MODULE:RATE, found '" + text + "'");
    }
    return new Edit(
        Integer.parseInt(form.group(1)),
        ModuleSelection.of(form.group(2)),
        PruningRate.parse(form.group(3)));
  }

  /** Returns whether the edit changes nothing. */
  public boolean isNone() {
    return rate.isZero();
  }

  @Override
  public String toString() {
    return layer + ":" + modules.name() + ":" + rate;
  }
}
