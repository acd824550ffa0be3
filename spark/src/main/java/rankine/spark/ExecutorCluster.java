package rankine.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import rankine.common.RunException;
import scala.Function2;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** An application on a cluster, whose executors are checked. */
final class ExecutorCluster implements AutoCloseable {
  /** What the thread of a job tells the driver's: a reply, or that the job has ended. */
  sealed interface JobEvent<R> {
    record Reply<R>(R reply, int index) implements JobEvent<R> {}

    record Done<R>() implements JobEvent<R> {}

    record Failed<R>(Throwable cause) implements JobEvent<R> {}
  }

  private final SparkContext context;
  private final Consumer<ExecutorReply> replies;

  private ExecutorCluster(SparkContext context, Consumer<ExecutorReply> replies) {
    this.context = context;
    this.replies = replies;
  }

  /**
   * Starts the application, and checks its executors.
   *
   * @param settings what is missing is set as executors need it
   * @param neededHeap of an executor, in bytes
   */
  static ExecutorCluster start(
      SparkConf settings, long neededHeap, Consumer<ExecutorReply> replies) {
    SparkContext context = new SparkContext(ExecutorSettings.of(settings));
    try {
      ExecutorChecks.check(context, neededHeap);
      return new ExecutorCluster(context, replies);
    } catch (RuntimeException | Error e) {
      context.stop();
      throw e;
    }
  }

  SparkContext context() {
    return context;
  }

  /** Returns how many tasks run at a time; {@code spark.default.parallelism} says otherwise. */
  int slots() {
    int parallelism = context.defaultParallelism();
    return context.conf().contains("spark.default.parallelism")
        ? parallelism
        : Math.max(1, parallelism / context.conf().getInt("spark.task.cpus", 1));
  }

  /**
   * Runs one task per input, neighbours on one executor where possible.
   *
   * @param finished receives each reply and the index of its input, in the caller's thread, in the
   *     order in which the tasks end; also one that says what failed
   * @throws RunException if a task fails, once the replies that are back are received
   */
  <T, R extends ExecutorReply> void run(
      List<T> inputs,
      Class<T> input,
      Function2<TaskContext, Iterator<T>, R> task,
      Class<R> reply,
      ObjIntConsumer<R> finished) {
    if (inputs.isEmpty()) {
      return;
    }
    RDD<T> rdd = context.makeRDD(seq(placed(inputs)), ClassTag$.MODULE$.apply(input));
    BlockingQueue<JobEvent<R>> events = new LinkedBlockingQueue<>();
    // A thread of its own, as Spark's own threads must not wait for the disk.
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                context.runJob(
                    rdd,
                    task,
                    (index, made) -> {
                      events.add(new JobEvent.Reply<>(made, (int) index));
                      return BoxedUnit.UNIT;
                    },
                    ClassTag$.MODULE$.apply(reply));
                events.add(new JobEvent.Done<>());
              } catch (Throwable e) { // runJob throws checked exceptions that it does not declare
                events.add(new JobEvent.Failed<>(e));
              }
            });
    receive(events, replies, finished);
  }

  /** Receives the replies of a job until it ends, or a task fails. */
  static <R extends ExecutorReply> void receive(
      BlockingQueue<JobEvent<R>> events,
      Consumer<ExecutorReply> replies,
      ObjIntConsumer<R> finished) {
    while (true) {
      switch (next(events)) {
        case JobEvent.Reply<R>(R made, int index) -> {
          replies.accept(made);
          finished.accept(made, index);
          if (!made.failure().isEmpty()) {
            receiveRest(events, replies, finished);
            throw new RunException("executor %s: %s".formatted(made.executor(), made.failure()));
          }
        }
        case JobEvent.Done<R> _ -> {
          return;
        }
        case JobEvent.Failed<R>(Throwable cause) -> throw JobFailure.of(cause);
      }
    }
  }

  /** Receives the replies that are back already: finished work is not thrown away. */
  private static <R extends ExecutorReply> void receiveRest(
      BlockingQueue<JobEvent<R>> events,
      Consumer<ExecutorReply> replies,
      ObjIntConsumer<R> finished) {
    for (JobEvent<R> event = events.poll(); event != null; event = events.poll()) {
      if (event instanceof JobEvent.Reply<R>(R made, int index)) {
        replies.accept(made);
        finished.accept(made, index);
      }
    }
  }

  private static <R> JobEvent<R> next(BlockingQueue<JobEvent<R>> events) {
    try {
      return events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunException("spark: interrupted while the executors were at work", e);
    }
  }

  /** Each input with the executor where its neighbours run. */
  private <T> List<Tuple2<T, Seq<String>>> placed(List<T> inputs) {
    List<String> executors = ExecutorPlaces.of(context);
    List<Tuple2<T, Seq<String>>> placed = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      List<String> places =
          executors.isEmpty()
              ? List.of()
              : List.of(executors.get(ExecutorPlaces.block(i, inputs.size(), executors.size())));
      placed.add(new Tuple2<>(inputs.get(i), seq(places)));
    }
    return placed;
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  @Override
  public void close() {
    context.stop();
  }
}
