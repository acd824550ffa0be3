package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import rankine.engine.profile.ProfileEstimate;
import rankine.engine.scale.ExecutorSpeed;
import rankine.engine.scale.GridEstimate;
import rankine.engine.scale.Schedule;

/** Estimates as text and as JSON. */
final class EstimateText {
  private static final int[] PROCESSES = {1, 8, 64, 512};

  private EstimateText() {}

  /** Prints what a search takes in this process. */
  static void printSearch(CommonOptions common, GridEstimate estimate) {
    if (common.json()) {
      StandardOutput.document(json(estimate));
      return;
    }
    PrintStream out = StandardOutput.stdout();
    Schedule schedule = estimate.started(1);
    Schedule.WorkSeconds work = schedule.work();
    out.printf(
        "about %s: first kernels %s, forward passes %s, layers below the edits %s, decompositions %s%n",
        Schedule.duration(schedule.seconds()),
        Schedule.duration(work.start()),
        Schedule.duration(work.forward()),
        Schedule.duration(work.prefix()),
        Schedule.duration(work.decomposition()));
    printGrid(out, estimate);
  }

  /** Prints a line for each number of processes that share a sweep. */
  static void printSweep(CommonOptions common, GridEstimate estimate) {
    if (common.json()) {
      ObjectNode json = json(estimate);
      ArrayNode list = json.putArray("shared");
      for (int processes : PROCESSES) {
        Schedule schedule = estimate.on(processes);
        list.addObject()
            .put("processes", processes)
            .put("seconds", schedule.seconds())
            .put("hours_in_all", schedule.executorHours())
            .put("at_work", schedule.busy())
            .put("limit", schedule.limit());
      }
      StandardOutput.document(json);
      return;
    }
    PrintStream out = StandardOutput.stdout();
    printGrid(out, estimate);
    out.printf(
        "%-10s %-10s %-15s %-8s %s%n", "processes", "time", "hours in all", "at work", "limit");
    for (int processes : PROCESSES) {
      Schedule schedule = estimate.on(processes);
      out.printf(
          "%-10d %-10s %-15.3g %-8s %s%n",
          processes,
          Schedule.duration(schedule.seconds()),
          schedule.executorHours(),
          "%.0f %%".formatted(schedule.busy() * 100),
          schedule.limit());
    }
  }

  private static void printGrid(PrintStream out, GridEstimate estimate) {
    out.printf(
        "searches: %,d, each of %d rates above 0; this process: %.1f GFLOP/s (docs/scale.md has the"
            + " assumptions)%n",
        estimate.grid().groups(), estimate.grid().rates(), estimate.speed().forward() / 1e9);
  }

  private static ObjectNode json(GridEstimate estimate) {
    Schedule schedule = estimate.started(1);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seconds", schedule.seconds())
        .put("compilation_seconds", schedule.work().start())
        .put("forward_seconds", schedule.work().forward())
        .put("prefix_seconds", schedule.work().prefix())
        .put("decomposition_seconds", schedule.work().decomposition())
        .put("searches", estimate.grid().groups())
        .put("rates", estimate.grid().rates())
        .put("flops_per_second", estimate.speed().forward());
    return json;
  }

  /** Prints what a profile takes. */
  static void printProfile(CommonOptions common, ProfileEstimate estimate) {
    if (common.json()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("seconds", estimate.seconds())
          .put("compilation_seconds", ExecutorSpeed.COMPILATION)
          .put("forward_seconds", estimate.forward())
          .put("decomposition_seconds", estimate.decomposition())
          .put("timing_seconds", estimate.timing());
      StandardOutput.document(json);
      return;
    }
    StandardOutput.stdout()
        .printf(
            "about %s: first kernels %s, forward passes %s, decompositions and errors %s, timing %s%n",
            Schedule.duration(estimate.seconds()),
            Schedule.duration(ExecutorSpeed.COMPILATION),
            Schedule.duration(estimate.forward()),
            Schedule.duration(estimate.decomposition()),
            Schedule.duration(estimate.timing()));
  }
}
