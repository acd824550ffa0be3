package rankine.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of a worker.
 *
 * @param label name in messages
 * @param command program and arguments
 * @param environment variables to set; those with the prefix {@link WorkerProcess#UNSET} are always
 *     removed
 * @param missing the reason why it cannot be started here, if known
 */
record Contender(
    String label, List<String> command, Map<String, String> environment, Optional<String> missing) {

  /** A contender that is expected to start. */
  Contender(String label, List<String> command, Map<String, String> environment) {
    this(label, command, environment, Optional.empty());
  }

  /** A contender that is not installed. */
  static Contender missing(String label, String reason) {
    return new Contender(label, List.of(), Map.of(), Optional.of(reason));
  }
}
