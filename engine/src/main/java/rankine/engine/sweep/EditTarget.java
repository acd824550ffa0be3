package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.engine.lowrank.PruningRate;

/** What is pruned at each rate of a group: modules of a layer, or the whole model. */
public sealed interface EditTarget permits LayerTarget, ModelTarget {
  /**
   * The name of the candidates: {@code rate} (of the rank) or {@code ratio} (of the parameters).
   */
  String axis();

  /** The target at one rate or ratio, for display. */
  String at(PruningRate rate);

  /** Adds the keys that identify it. */
  void addTo(ObjectNode json);
}
