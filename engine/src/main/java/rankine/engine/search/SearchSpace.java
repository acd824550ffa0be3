package rankine.engine.search;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.sweep.CompressionSettings;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;

/** What a search prunes at each of its rates. */
public sealed interface SearchSpace {
  /**
   * Modules of a layer.
   *
   * @param layer one layer, every layer at once, or the guide's choice
   * @param plan method and factored mode; its edits are ignored
   */
  record InLayer(LayerSelection layer, ModuleSelection modules, EditPlan plan)
      implements SearchSpace {
    /** Refuses several layers. */
    public InLayer {
      if (layer instanceof LayerSelection.Several) {
        throw new EditException("layer: expected one, -1 or auto, found several");
      }
    }

    /**
     * The modules with the layer, its own or the guide's.
     *
     * @param guide present for {@link LayerSelection.Auto}
     */
    public LayerTarget target(Optional<LayerGuide> guide) {
      int chosen =
          layer instanceof LayerSelection.One one ? one.layer() : guide.orElseThrow().chosen();
      return new LayerTarget(chosen, modules);
    }
  }

  /**
   * The whole model; a rate is the fraction of the parameters that goes.
   *
   * @param methods each tried at every ratio, at least one
   */
  record WholeModel(List<ModelTarget> methods, CompressionSettings settings)
      implements SearchSpace {
    /** Copies the list; refuses an empty one, and a method given twice. */
    public WholeModel {
      methods = List.copyOf(methods);
      if (methods.isEmpty() || new HashSet<>(methods).size() < methods.size()) {
        throw new EditException("methods: expected at least one, and each once, found " + methods);
      }
    }
  }
}
