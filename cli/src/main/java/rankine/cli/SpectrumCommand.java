package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Spectrum;

/** {@code spectrum}: the singular values of weight matrices. */
@Command(
    name = "spectrum",
    sortOptions = false,
    description = {
      "Print the singular values of weights, and what each pruning rate keeps.",
      "For each matrix: the largest singular value, the numerical rank and the condition number; for"
          + " each pruning rate: the rank kept, the energy (its share of the squared singular"
          + " values) and the relative error (Frobenius norm). JSON has every singular value."
    })
final class SpectrumCommand implements Callable<Integer> {
  @Mixin LayerOptions where;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    List<PruningRate> rates = where.pruningRates();
    int layer = where.layer();
    ModuleSelection modules = where.modules();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      List<Spectrum> spectra;
      try (Progress _ = Progress.untold("SVD", common.quiet)) {
        spectra = Spectrum.of(loaded, layer, modules, rates);
      }
      loaded.checkpoint().checkUnchanged();
      if (common.json()) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode matrices = json.putArray("matrices");
        spectra.forEach(spectrum -> matrices.add(spectrum.toJson()));
        StandardOutput.document(json);
      } else {
        PrintStream out = StandardOutput.stdout();
        spectra.forEach(spectrum -> print(out, spectrum));
      }
    }
    return 0;
  }

  private static void print(PrintStream out, Spectrum spectrum) {
    double[] s = spectrum.svd().s();
    out.printf(
        "%s [%d, %d]: largest %.4g, numerical rank %d of %d, condition number %s%n",
        spectrum.name(),
        spectrum.w().rows(),
        spectrum.w().cols(),
        s.length == 0 ? 0 : s[0],
        spectrum.svd().numericalRank(),
        spectrum.fullRank(),
        spectrum.svd().numericalRank() == 0
            ? "none"
            : "%.4g".formatted(spectrum.svd().condition()));
    for (PruningRate rate : spectrum.rates()) {
      int rank = spectrum.rank(rate);
      out.printf(
          "  rate %-6s rank %5d  energy %.4f  relative error %.4f%n",
          rate, rank, spectrum.svd().energy(rank), spectrum.relativeError(rank));
    }
  }
}
