package rankine.engine.report.page;

import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.TaskVersion;
import rankine.engine.sweep.TextPair;

/** Display names of tasks, targets and layers. */
final class DisplayNames {
  private DisplayNames() {}

  /** {@code cb (paper)}; {@code a.txt, tested on b.txt}. */
  static String of(Benchmark benchmark) {
    return switch (benchmark) {
      case TaskVersion task -> task.name() + " (" + task.version() + ")";
      case TextPair texts -> texts.validation() + ", tested on " + texts.test();
    };
  }

  /** {@code 3}; nothing for texts, which have no seeds. */
  static String seed(Benchmark benchmark, long seed) {
    return switch (benchmark) {
      case TaskVersion _ -> Long.toString(seed);
      case TextPair _ -> "";
    };
  }

  /** {@code layer 26, mlp}, {@code the whole model by whitened}. */
  static String of(EditTarget target) {
    return switch (target) {
      case LayerTarget(int layer, ModuleSelection modules) when layer == Edit.EVERY_LAYER ->
          "every layer, " + modules.name();
      case LayerTarget(int layer, ModuleSelection modules) ->
          "layer " + layer + ", " + modules.name();
      case ModelTarget model -> "the whole model by " + model;
    };
  }

  /** The name of the line in a chart: the module, or the method. */
  static String series(EditTarget target) {
    return switch (target) {
      case LayerTarget layer -> layer.modules().name();
      case ModelTarget model -> model.toString();
    };
  }

  /** {@code 26}, {@code every}, or {@code whole model}. */
  static String layer(EditTarget target) {
    return switch (target) {
      case LayerTarget layer -> layer(layer.layer());
      case ModelTarget _ -> "whole model";
    };
  }

  /** {@code 26} or {@code every}. */
  static String layer(int layer) {
    return layer == Edit.EVERY_LAYER ? "every" : Integer.toString(layer);
  }
}
