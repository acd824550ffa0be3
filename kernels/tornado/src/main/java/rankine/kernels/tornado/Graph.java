package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid1D;

/**
 * A task graph of the device's execution plan. Its kernels are compiled at the first execution,
 * once for all numbers of work-groups.
 *
 * @param index index of the graph in the plan
 * @param grids the worker grid of each task, registered in the plan's grid scheduler
 */
record Graph(int index, String name, WorkerGrid1D[] grids) {
  /** Sets the number of work-groups of one task for the next execution; at least one runs. */
  void groups(int task, long groups) {
    WorkerGrid1D grid = grids[task];
    grid.setGlobalWork(Math.max(1, groups) * grid.getLocalWork()[0], 1, 1);
  }
}
