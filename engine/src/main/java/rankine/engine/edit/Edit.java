package rankine.engine.edit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.EditException;
import rankine.engine.lowrank.Removal;
import rankine.engine.model.Model;

/**
 * One edit, {@code LAYER:MODULE:RATE} on the command line.
 *
 * @param layer index from 0; {@link #EVERY_LAYER} for all layers
 * @param modules the matrices of the layer
 * @param removal how much of each matrix; mostly a pruning rate
 */
public record Edit(int layer, ModuleSelection modules, Removal removal) {
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
   * Parses an edit such as {@code 26:mlp:0.95}; in place of the rate, what {@link Removal#parse}
   * reads.
   *
   * @throws EditException for another form, an unknown module, or a rate outside [0, 1)
   */
  public static Edit parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new EditException("edit: expected LAYER:MODULE:RATE, found '" + text + "'");
    }
    return new Edit(
        Integer.parseInt(form.group(1)),
        ModuleSelection.of(form.group(2)),
        Removal.parse(form.group(3)));
  }

  /** Returns whether the edit changes nothing. */
  public boolean isNone() {
    return removal.isZero();
  }

  @Override
  public String toString() {
    return layer + ":" + modules.name() + ":" + removal;
  }

  /**
   * Returns the different ranks of the matrices of this edit, ascending: one, unless the matrices
   * have several sizes; none for a method that does not truncate an SVD. Reads shapes only.
   *
   * @param model has the matrices, dense
   */
  public List<Integer> ranks(Model model, EditMethod method) {
    if (!method.isLowRank()) {
      return List.of();
    }
    return EditOverlay.matrices(model, this).values().stream()
        .map(w -> removal.rank(w.rows(), w.cols()))
        .distinct()
        .sorted()
        .toList();
  }
}
