package rankine.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import rankine.cli.WorkerArguments;
import rankine.common.RunException;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupEngine;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Spark's executors as the engine of a sweep. */
final class SparkGroups implements GroupEngine, AutoCloseable {
  /** What the thread of a job tells the driver's: a reply, or that the job has ended. */
  private sealed interface JobEvent {
    record Reply(GroupReply reply) implements JobEvent {}

    record Done() implements JobEvent {}

    record Failed(Throwable cause) implements JobEvent {}
  }

  private final SparkContext context;
  private final WorkerArguments arguments;
  private final ReplyListener replies;

  private SparkGroups(SparkContext context, WorkerArguments arguments, ReplyListener replies) {
    this.context = context;
    this.arguments = arguments;
    this.replies = replies;
  }

  /** Starts the application on the cluster, and checks its executors. */
  static SparkGroups start(
      SparkConf settings, long neededHeap, WorkerArguments arguments, ReplyListener replies) {
    SparkContext context = new SparkContext(ExecutorSettings.of(settings));
    try {
      ExecutorChecks.check(context, neededHeap);
      return new SparkGroups(context, arguments, replies);
    } catch (RuntimeException | Error e) {
      context.stop();
      throw e;
    }
  }

  @Override
  public void evaluate(
      String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished) {
    if (assignments.isEmpty()) {
      return;
    }
    GroupTask task = new GroupTask(arguments.arguments(), identity);
    RDD<GroupAssignment> rdd = placed(assignments);
    BlockingQueue<JobEvent> events = new LinkedBlockingQueue<>();
    // A thread of its own, as Spark's own threads must not wait for the disk.
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                context.runJob(
                    rdd,
                    task,
                    (_, reply) -> {
                      events.add(new JobEvent.Reply(reply));
                      return BoxedUnit.UNIT;
                    },
                    ClassTag$.MODULE$.apply(GroupReply.class));
                events.add(new JobEvent.Done());
              } catch (Throwable e) { // runJob throws checked exceptions that it does not declare
                events.add(new JobEvent.Failed(e));
              }
            });
    while (true) {
      switch (next(events)) {
        case JobEvent.Reply(GroupReply reply) -> accept(reply, finished);
        case JobEvent.Done _ -> {
          return;
        }
        case JobEvent.Failed(Throwable cause) -> throw JobFailure.of(cause);
      }
    }
  }

  private void accept(GroupReply reply, Consumer<List<String>> finished) {
    replies.replied(reply);
    if (!reply.failure().isEmpty()) {
      throw new RunException("executor %s: %s".formatted(reply.executor(), reply.failure()));
    }
    finished.accept(reply.lines());
  }

  private static JobEvent next(BlockingQueue<JobEvent> events) {
    try {
      return events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunException("spark: interrupted while the executors were at work", e);
    }
  }

  /** One partition per assignment, each with the executor where its neighbours run. */
  private RDD<GroupAssignment> placed(List<GroupAssignment> assignments) {
    List<String> executors = ExecutorPlaces.of(context);
    List<Tuple2<GroupAssignment, Seq<String>>> placed = new ArrayList<>();
    for (int i = 0; i < assignments.size(); i++) {
      List<String> places =
          executors.isEmpty()
              ? List.of()
              : List.of(
                  executors.get(ExecutorPlaces.block(i, assignments.size(), executors.size())));
      placed.add(new Tuple2<>(assignments.get(i), seq(places)));
    }
    return context.makeRDD(seq(placed), ClassTag$.MODULE$.apply(GroupAssignment.class));
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  @Override
  public void close() {
    context.stop();
  }
}
