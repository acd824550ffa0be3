package rankine.engine.scale;

/**
 * What a grid of searches costs, and how fast a process is: so, how long it takes.
 *
 * @param grid the whole of it, finished cells included
 * @param speed of a process that starts for it
 */
public record GridEstimate(GridCost grid, ExecutorSpeed speed) {
  /** Returns an estimate for processes whose forward pass was measured, in flops per second. */
  public static GridEstimate of(GridCost grid, double forward) {
    return new GridEstimate(grid, ExecutorSpeed.ofForward(forward));
  }

  /** Returns the schedule on processes that start for it. */
  public Schedule on(int processes) {
    return Schedule.of(grid, speed, processes);
  }

  /**
   * Returns the schedule of this process, which has read its model.
   *
   * @param processes as fast as this one that share the grid
   */
  public Schedule started(int processes) {
    return Schedule.of(grid, speed.started(), processes);
  }
}
