package rankine.spark;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import rankine.common.RunException;
import scala.Function2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** What only the executors know: asked by a short job before the first group. */
final class ExecutorChecks {
  /**
   * An executor's answer.
   *
   * @param executor its id in Spark
   * @param heap limit of its Java heap, in bytes
   * @param vector whether it has the module of the Vector API
   */
  record ExecutorReport(String executor, long heap, boolean vector) implements Serializable {
    /** Checks this executor. */
    void check(long neededHeap) {
      if (!vector) {
        throw new RunException(
            "executor %s: module jdk.incubator.vector: expected in its Java, found none"
                .formatted(executor));
      }
      if (heap < neededHeap) {
        throw new RunException(
            "executor %s: spark.executor.memory: expected a heap of %d MiB at least, found %d MiB"
                .formatted(executor, Math.ceilDiv(neededHeap, 1L << 20), heap >> 20));
      }
    }
  }

  /** Runs on the executors. */
  private record Probe()
      implements Function2<TaskContext, Iterator<Integer>, ExecutorReport>, Serializable {
    @Override
    public ExecutorReport apply(TaskContext context, Iterator<Integer> none) {
      return new ExecutorReport(
          SparkEnv.get().executorId(),
          Runtime.getRuntime().maxMemory(),
          ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    }
  }

  private ExecutorChecks() {}

  /**
   * Checks the executors that are there. Later ones have the same settings.
   *
   * @throws RunException in one line; also if their Java is too old to load this class
   */
  static void check(SparkContext context, long neededHeap) {
    int tasks = context.defaultParallelism();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().collect(Collectors.toList());
    RDD<Integer> rdd =
        context.makeRDD(
            CollectionConverters.asScala(numbers).toSeq(),
            tasks,
            ClassTag$.MODULE$.apply(Integer.class));
    ExecutorReport[] reports;
    try {
      reports =
          (ExecutorReport[])
              context.runJob(rdd, new Probe(), ClassTag$.MODULE$.apply(ExecutorReport.class));
    } catch (Exception e) { // Spark's, which Scala does not declare
      throw JobFailure.of(e);
    }
    for (ExecutorReport report : reports) {
      report.check(neededHeap);
    }
  }
}
