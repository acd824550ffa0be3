package rankine.spark;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.cli.WorkerArguments;
import rankine.common.RunException;
import rankine.common.io.Shown;

/** Which GPU an executor uses: the first of those that Spark has assigned to its task. */
final class ExecutorDevice {
  private static final String GPU = "gpu";

  private ExecutorDevice() {}

  /**
   * Returns the arguments with {@code --device}, if they ask for the backend of GPUs and the user
   * has not chosen.
   *
   * @param resources addresses by the resource's name, as discovered on the executor
   * @throws RunException for an address that is no index
   */
  static WorkerArguments chosen(WorkerArguments arguments, Map<String, List<String>> resources) {
    List<String> addresses = resources.getOrDefault(GPU, List.of());
    boolean wanted = arguments.value("--backend").equals(Optional.of("tornado"));
    if (!wanted || addresses.isEmpty()) {
      return arguments;
    }
    String address = addresses.getFirst();
    if (!address.matches("\\d{1,4}")) {
      throw new RunException(
          "spark.executor.resource.gpu: expected addresses that are indices of devices, found '%s'"
              .formatted(Shown.value(address)));
    }
    return arguments.withDefault("--device", address);
  }
}
