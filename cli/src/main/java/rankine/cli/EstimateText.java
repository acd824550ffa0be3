package rankine.cli;

import java.io.PrintStream;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.Schedule;
import rankine.engine.sweep.SweepEstimate;

/** A sweep's estimate as text: a line for each number of executors. */
final class EstimateText {
  private static final int[] EXECUTORS = {1, 8, 64, 512};

  private EstimateText() {}

  static void print(PrintStream out, SweepEstimate estimate) {
    GridCost grid = estimate.grid();
    out.printf(
        "estimate of the whole grid: %,d searches, %d rates each; this process: %.1f GFLOP/s"
            + " (docs/scale.md has the assumptions)%n",
        grid.groups(), grid.rates(), estimate.speed().forward() / 1e9);
    out.printf(
        "%-10s %-10s %-15s %-8s %s%n", "processes", "time", "hours in all", "at work", "limit");
    for (int executors : EXECUTORS) {
      Schedule schedule = Schedule.of(grid, estimate.speed(), executors);
      out.printf(
          "%-10d %-10s %-15.3g %-8s %s%n",
          executors,
          Schedule.duration(schedule.seconds()),
          schedule.executorHours(),
          "%.0f %%".formatted(schedule.busy() * 100),
          schedule.limit());
    }
  }
}
