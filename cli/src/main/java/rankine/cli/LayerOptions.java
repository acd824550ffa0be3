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
      required = true,
      converter = RangeConverters.Layer.class,
      paramLabel = "L",
      description = "Layer, from 0; -1: every layer.")
  int layer;

  @Option(
      names = "--module",
      required = true,
      paramLabel = "M",
      description = "Module, " + EditOptions.MODULES + ".")
  String module;

  @Mixin RateOptions rates;

  ModuleSelection modules() {
    return UsageException.parse("--module", module, ModuleSelection::of);
  }

  List<PruningRate> pruningRates() {
    return rates.pruningRates();
  }
}
