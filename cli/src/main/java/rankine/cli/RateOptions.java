package rankine.cli;

import java.util.List;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.PruningRate;

/** The pruning rates to try. */
final class RateOptions {
  @Option(
      names = "--rates",
      split = ",",
      paramLabel = "R",
      description =
          "Pruning rates from 0 up to, not including, 1: fractions of the rank to remove; 0 is the"
              + " plain model (default: ${DEFAULT-VALUE}).",
      defaultValue = "0,0.1,0.5,0.75,0.9,0.95,0.99,0.995")
  List<String> rates;

  List<PruningRate> pruningRates() {
    return UsageException.distinct(
        "--rates",
        rates.stream()
            .map(rate -> UsageException.parse("--rates", rate, PruningRate::parse))
            .toList());
  }
}
