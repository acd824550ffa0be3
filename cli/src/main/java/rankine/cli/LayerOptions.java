package rankine.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/** Which matrices of which checkpoint, at which rates. */
final class LayerOptions {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Option(
      names = "--layer",
      required = true,
      paramLabel = "L",
      description = "From 0; -1 is every layer.")
  int layer;

  @Option(
      names = "--module",
      required = true,
      paramLabel = "M",
      description = "q_proj, k_proj, v_proj, out_proj, fc_in, fc_up, fc_out, attn, mlp or all.")
  String module;

  @Mixin RateOptions rates;

  ModuleSelection modules() {
    return ModuleSelection.of(module);
  }

  List<PruningRate> pruningRates() {
    return rates.pruningRates();
  }
}
