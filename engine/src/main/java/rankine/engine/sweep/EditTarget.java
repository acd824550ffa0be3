package rankine.engine.sweep;

import rankine.common.RunException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/**
 * A layer and the modules of it that are pruned.
 *
 * @param layer from 0, or {@link Edit#EVERY_LAYER}
 * @param modules matrices of the layer
 */
public record EditTarget(int layer, ModuleSelection modules) {
  /** Checks the layer. */
  public EditTarget {
    if (layer < Edit.EVERY_LAYER) {
      throw new RunException("layer: expected -1 (every layer) or more, found " + layer);
    }
  }

  /** The edit at a rate. */
  public Edit edit(PruningRate rate) {
    return new Edit(layer, modules, rate);
  }

  @Override
  public String toString() {
    return layer + ":" + modules.name();
  }
}
