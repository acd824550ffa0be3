package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
public record LayerTarget(int layer, ModuleSelection modules) implements EditTarget {
  /** Checks the layer. */
  public LayerTarget {
    if (layer < Edit.EVERY_LAYER) {
      throw new RunException("layer: expected -1 (every layer) or more, found " + layer);
    }
  }

  /** The edit at a rate. */
  public Edit edit(PruningRate rate) {
    return new Edit(layer, modules, rate);
  }

  @Override
  public String axis() {
    return "rate";
  }

  @Override
  public String at(PruningRate rate) {
    return edit(rate).toString();
  }

  /** Adds {@code layer} and {@code module}. */
  @Override
  public void addTo(ObjectNode json) {
    json.put("layer", layer).put("module", modules.name());
  }

  @Override
  public String toString() {
    return layer + ":" + modules.name();
  }
}
