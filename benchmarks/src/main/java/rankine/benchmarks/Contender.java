package rankine.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * How to start a worker.
 *
 * @param label for messages
 * @param command program and arguments
 * @param environment variables to set; those of {@link WorkerProcess#UNSET} are always removed
 */
record Contender(String label, List<String> command, Map<String, String> environment) {}
