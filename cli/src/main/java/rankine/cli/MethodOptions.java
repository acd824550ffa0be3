package rankine.cli;

import java.util.List;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Factored;

/** How edits are made. */
final class MethodOptions {
  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "exact (default), randomized, magnitude or zero.")
  String method = "exact";

  @Option(
      names = "--factored",
      paramLabel = "WHEN",
      description =
          "Keep a low-rank matrix as two factors: auto (default: where they are smaller), always,"
              + " never.")
  Factored factored = Factored.AUTO;

  @Option(
      names = "--svd-seed",
      paramLabel = "S",
      description = "Of the randomized method's sketch; 0.")
  long seed;

  EditPlan plan() {
    return new EditPlan(List.of(), EditMethod.of(method), factored, seed);
  }
}
