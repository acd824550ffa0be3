package rankine.engine.scale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;

/**
 * The simulated schedule of a grid on executors, as {@code --engine spark} runs it; with one
 * executor it is nearly a local sweep.
 *
 * @param executors number of them
 * @param seconds until the last group ends
 * @param plainSeconds until the last cell of the unedited model, for which every group waits
 * @param work the seconds of all executors by kind of work
 */
public record Schedule(int executors, double seconds, double plainSeconds, WorkSeconds work) {

  /**
   * Seconds of work, of all executors together.
   *
   * @param start start of the executors, reading and hashing of the weights
   * @param forward layers of the unedited and the edited models
   * @param prefix layers below an edit, to reach it
   * @param decomposition decompositions and edited matrices
   */
  public record WorkSeconds(double start, double forward, double prefix, double decomposition) {
    /** The sum. */
    public double total() {
      return start + forward + prefix + decomposition;
    }
  }

  /** Returns the executors' hours from their start to the end of the sweep. */
  public double executorHours() {
    return executors * seconds / 3600;
  }

  /** Returns the share of the executors' time in which they work. */
  public double busy() {
    return work.total() / (executors * seconds);
  }

  /** Returns what more executors would not shorten, or the work that there is most of. */
  public String limit() {
    if (busy() < 0.5) {
      return plainSeconds > seconds / 2 ? "the unedited model's cells" : "the longest groups";
    }
    double most =
        Math.max(Math.max(work.forward, work.prefix), Math.max(work.decomposition, work.start));
    if (most == work.forward) {
      return "forward passes";
    }
    if (most == work.prefix) {
      return "layers below the edits";
    }
    return most == work.decomposition ? "decompositions" : "starts";
  }

  /** Returns seconds as {@code 12 s}, {@code 3.4 min}, {@code 5.6 h} or {@code 7.8 days}. */
  public static String duration(double seconds) {
    if (seconds < 60) {
      return "%.0f s".formatted(seconds);
    }
    if (seconds < 3600) {
      return "%.1f min".formatted(seconds / 60);
    }
    return seconds < 2 * 86400
        ? "%.1f h".formatted(seconds / 3600)
        : "%.1f days".formatted(seconds / 86400);
  }

  /** One executor while the simulation runs. */
  private static final class SimulatedExecutor {
    private final int[] position;
    private final List<int[]> queue = new ArrayList<>();
    private int next;
    private int target = -1;
    private double free;

    SimulatedExecutor(int prompts, double free) {
      this.position = new int[prompts];
      this.free = free;
    }
  }

  /** Simulates the sweep. */
  public static Schedule of(GridCost grid, ExecutorSpeed speed, int executors) {
    return new Simulation(grid, speed, executors).run();
  }

  private static final class Simulation {
    private final GridCost grid;
    private final ExecutorSpeed speed;
    private final List<SimulatedExecutor> executors = new ArrayList<>();
    private double start;
    private double forward;
    private double prefix;
    private double decomposition;

    Simulation(GridCost grid, ExecutorSpeed speed, int count) {
      this.grid = grid;
      this.speed = speed;
      double ready = speed.start() + grid.weightBytes() / speed.bytes();
      for (int i = 0; i < count; i++) {
        executors.add(new SimulatedExecutor(grid.prompts().size(), ready));
        start += ready;
      }
    }

    Schedule run() {
      for (int i = 0; i < grid.prompts().size(); i++) {
        SimulatedExecutor executor = earliest();
        double seconds = grid.plain(grid.prompts().get(i)) / speed.forward();
        executor.free += seconds;
        // It keeps the activations before the first edit of the grid.
        executor.position[i] = grid.targets().getFirst().layer();
        forward += seconds;
      }
      double plain = executors.stream().mapToDouble(each -> each.free).max().orElseThrow();
      executors.forEach(each -> each.free = plain);
      place();
      PriorityQueue<SimulatedExecutor> byTime =
          new PriorityQueue<>(Comparator.comparingDouble(each -> each.free));
      byTime.addAll(executors);
      for (int left = grid.groups(); left > 0; left--) {
        SimulatedExecutor executor = byTime.remove();
        take(executor);
        byTime.add(executor);
      }
      double end = executors.stream().mapToDouble(each -> each.free).max().orElseThrow();
      return new Schedule(
          executors.size(), end, plain, new WorkSeconds(start, forward, prefix, decomposition));
    }

    private SimulatedExecutor earliest() {
      return executors.stream().min(Comparator.comparingDouble(each -> each.free)).orElseThrow();
    }

    /** Consecutive blocks of groups, target by target. */
    private void place() {
      int groups = grid.groups();
      for (int i = 0; i < groups; i++) {
        int block = (int) ((long) i * executors.size() / groups);
        int prompts = grid.prompts().size();
        executors.get(block).queue.add(new int[] {i / prompts, i % prompts});
      }
    }

    /** Its own next group, or the next one of the executor that has most left. */
    private void take(SimulatedExecutor executor) {
      SimulatedExecutor owner = executor;
      if (owner.next == owner.queue.size()) {
        owner =
            executors.stream()
                .max(Comparator.comparingInt(each -> each.queue.size() - each.next))
                .orElseThrow();
      }
      int[] group = owner.queue.get(owner.next++);
      TargetCost target = grid.targets().get(group[0]);
      PromptCost prompt = grid.prompts().get(group[1]);
      double decomposing = 0;
      if (executor.target != group[0]) {
        decomposing = target.decomposition() / speed.decomposition();
        executor.target = group[0];
      }
      int from = executor.position[group[1]];
      if (from > target.layer()) {
        from = 0; // activations only advance
      }
      double advancing = grid.advance(prompt, from, target.layer()) / speed.forward();
      executor.position[group[1]] = target.layer();
      double running = grid.group(prompt, target) / speed.forward();
      decomposition += decomposing;
      prefix += advancing;
      forward += running;
      executor.free += decomposing + advancing + running;
    }
  }
}
