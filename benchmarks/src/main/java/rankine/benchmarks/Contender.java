package rankine.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to start a worker.
 *
 * @param label for messages
 * @param command program and arguments
 * @param environment variables to set; those of {@link WorkerProcess#UNSET} are always removed
 * @param missing why it cannot be started here
 */
record Contender(
    String label, List<String> command, Map<String, String> environment, Optional<String> missing) {

  /** One that can be started, as far as we know. */
  Contender(String label, List<String> command, Map<String, String> environment) {
    this(label, command, environment, Optional.empty());
  }

  /** One that is not here. */
  static Contender missing(String label, String reason) {
    return new Contender(label, List.of(), Map.of(), Optional.of(reason));
  }
}
