package rankine.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import rankine.common.RunException;
import rankine.engine.model.Model;
import rankine.engine.model.Session;

/** What the driver can refuse before the cluster is asked for anything. */
final class DriverChecks {
  private static final String MEMORY = "spark.executor.memory";
  private static final String MODULE = "jdk.incubator.vector";

  private DriverChecks() {}

  /** Returns the heap that a batch of the model needs at least, in bytes. */
  static long neededHeap(Model model) {
    int rows = Math.min(Session.DEFAULT_CHUNK, model.config().contextLength());
    return model.activationBytes(rows, 1) + model.cacheBytes(rows);
  }

  /**
   * Checks the driver and the settings. A JVM older than this class cannot even load it.
   *
   * @throws RunException in one line that names the setting
   */
  static void check(SparkConf settings, long neededHeap) {
    if (!settings.contains("spark.master")) {
      throw new RunException(
          "spark.master: expected the cluster's URL, such as spark://host:7077 or yarn, found none"
              + " (spark-submit --master)");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new RunException(
          "driver: module %s: expected, found none (spark-submit --driver-java-options=--add-modules=%s)"
              .formatted(MODULE, MODULE));
    }
    String memory = settings.get(MEMORY, "1g");
    // Without a unit it is bytes or MiB, as the cluster's manager reads it: executors report
    // theirs.
    boolean hasUnit = !Character.isDigit(memory.charAt(memory.length() - 1));
    if (hasUnit && JavaUtils.byteStringAsBytes(memory) < neededHeap) {
      throw new RunException(
          "%s: expected %dm or more for the activations, keys and values of one batch, found %s"
              .formatted(MEMORY, Math.ceilDiv(neededHeap, 1L << 20), memory));
    }
  }
}
