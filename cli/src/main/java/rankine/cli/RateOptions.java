package rankine.cli;

import java.util.List;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.PruningRate;

/** At which rates. */
final class RateOptions {
  @Option(
      names = "--rates",
      split = ",",
      paramLabel = "R",
      description = "Fractions of the rank to remove; ${DEFAULT-VALUE}.",
      defaultValue = "0,0.1,0.5,0.75,0.9,0.95,0.99,0.995")
  List<String> rates;

  List<PruningRate> pruningRates() {
    return rates.stream().map(PruningRate::parse).toList();
  }
}
