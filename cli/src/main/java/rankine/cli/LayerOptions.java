package rankine.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/** The checkpoint, its matrices and the pruning rates of {@code spectrum} and {@code profile}. */
final class LayerOptions {
  @Mixin ModelOption model;

  @Option(
      names = "--layer",
      converter = RangeConverters.Layer.class,
      paramLabel = "L",
      description = "Layer, from 0; -1: every layer.")
  Integer layer;

  @Option(
      names = "--module",
      paramLabel = "M",
      description = "Module, " + EditOptions.MODULES + ".")
  String module;

  @Mixin RateOptions rates;

  int layer() {
    if (layer == null) {
      throw new UsageException("--layer: expected, found none");
    }
    return layer;
  }

  ModuleSelection modules() {
    if (module == null) {
      throw new UsageException("--module: expected, found none");
    }
    return UsageException.parse("--module", module, ModuleSelection::of);
  }

  List<PruningRate> pruningRates() {
    return rates.pruningRates();
  }
}
