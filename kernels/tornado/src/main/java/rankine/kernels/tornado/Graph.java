package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid1D;

/**
 * A task graph of the device's plan, by its place there. Its kernels are compiled when it first
 * runs, once for all numbers of groups.
 *
 * @param grids how many work-items each task has; a part of the plan's grid scheduler
 */
record Graph(int index, String name, WorkerGrid1D[] grids) {
  /** Sets the groups of one task for the next execution; at least one runs. */
  void groups(int task, long groups) {
    WorkerGrid1D grid = grids[task];
    grid.setGlobalWork(Math.max(1, groups) * grid.getLocalWork()[0], 1, 1);
  }
}
