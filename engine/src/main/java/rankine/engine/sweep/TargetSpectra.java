package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Spectrum;
import rankine.kernels.Matrix;

/** The spectra of targets' matrices, where rates keep their exact singular values. */
record TargetSpectra(
    LoadedModel loaded, SweepGrid grid, TargetPlans plans, SweepListener listener) {

  /** The target's matrices whose spectra a run keeps, by their names. */
  Map<String, Matrix> matrices(EditTarget target) {
    return switch (target) {
      case LayerTarget layer when plans.layers().orElseThrow().method() == EditMethod.EXACT ->
          EditOverlay.matrices(loaded.model(), layer.edit(PruningRate.ZERO));
      case LayerTarget _, ModelTarget _ -> Map.of();
    };
  }

  /** Passes on the lines of the target's spectra that are not known. */
  void add(EditTarget target, Predicate<String> known, Consumer<ObjectNode> lines) {
    matrices(target)
        .forEach(
            (name, w) -> {
              if (!known.test(name)) {
                listener.decomposing(name);
                Svd svd = loaded.decompositions().exact(name, w);
                lines.accept(SpectrumLine.json(new Spectrum(name, w, svd, grid.rates())));
              }
            });
  }
}
