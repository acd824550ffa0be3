package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Modules;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Spectrum;

/** {@code spectrum}: the singular values of weight matrices. */
@Command(
    name = "spectrum",
    sortOptions = false,
    description =
        "Singular values, numerical rank and condition number of matrices, and what each rate"
            + " keeps.")
final class SpectrumCommand implements Callable<Integer> {
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

  @Option(
      names = "--rates",
      split = ",",
      paramLabel = "R,…",
      description = "${DEFAULT-VALUE}",
      defaultValue = "0,0.1,0.5,0.75,0.9,0.95,0.99,0.995")
  List<String> rates;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    List<ClippingRate> parsed = rates.stream().map(ClippingRate::parse).toList();
    Modules modules = Modules.of(module);
    try (LoadedModel loaded = LoadedModel.open(model, common.backendOptions())) {
      List<Spectrum> spectra = Spectrum.of(loaded, layer, modules, parsed);
      if (common.json()) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode matrices = json.putArray("matrices");
        spectra.forEach(spectrum -> matrices.add(spectrum.toJson()));
        Output.document(json);
      } else {
        PrintStream out = Output.stdout();
        spectra.forEach(spectrum -> print(out, spectrum));
      }
    }
    return 0;
  }

  private static void print(PrintStream out, Spectrum spectrum) {
    double[] s = spectrum.svd().s();
    out.printf(
        "%s [%d, %d]: largest %.4g, numerical rank %d of %d, condition number %.4g%n",
        spectrum.name(),
        spectrum.w().rows(),
        spectrum.w().cols(),
        s.length == 0 ? 0 : s[0],
        spectrum.svd().numericalRank(),
        spectrum.fullRank(),
        spectrum.svd().condition());
    for (ClippingRate rate : spectrum.rates()) {
      int rank = spectrum.rank(rate);
      out.printf(
          "  rate %-6s rank %5d  energy %.4f  relative error %.4f%n",
          rate, rank, spectrum.svd().energy(rank), spectrum.relativeError(rank));
    }
  }
}
