package rankine.spark;

import java.util.List;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.storage.BlockManagerId;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which executor a group prefers. Neighbouring groups have the most in common, so each executor
 * gets a block of them; Spark gives the groups of a busy or lost executor to those that are idle.
 */
final class ExecutorPlaces {
  private ExecutorPlaces() {}

  /** The executors that are there now, in the form in which Spark reads a preferred location. */
  static List<String> of(SparkContext context) {
    return CollectionConverters.asJava(
            context.env().blockManager().master().getMemoryStatus().keys().toSeq())
        .stream()
        .filter(id -> !id.isDriver())
        .sorted(ExecutorPlaces::byId)
        .map(id -> "executor_" + id.host() + "_" + id.executorId())
        .toList();
  }

  /** Ids are numbers on every cluster manager. */
  private static int byId(BlockManagerId one, BlockManagerId other) {
    int byLength = Integer.compare(one.executorId().length(), other.executorId().length());
    return byLength != 0 ? byLength : one.executorId().compareTo(other.executorId());
  }

  /** Returns which of {@code blocks} consecutive blocks of nearly one size has element i of n. */
  static int block(int i, int n, int blocks) {
    Objects.checkIndex(i, n);
    return (int) ((long) i * blocks / n);
  }
}
