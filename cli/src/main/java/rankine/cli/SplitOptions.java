package rankine.cli;

import picocli.CommandLine.Option;
import rankine.engine.icl.EvaluationSplit;

/** The split of a task; {@code search} and {@code sweep} use both and have no such option. */
final class SplitOptions {
  @Option(
      names = "--split",
      paramLabel = "S",
      description = "Split to evaluate: test or validation (default: test).")
  EvaluationSplit part;

  EvaluationSplit part() {
    return part == null ? EvaluationSplit.TEST : part;
  }
}
