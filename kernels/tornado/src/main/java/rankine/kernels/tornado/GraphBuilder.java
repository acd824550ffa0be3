package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Builds the task graphs of a plan. Each graph consumes all resident arrays on the device and
 * persists them there: an array that one graph of a plan omits is missing in the next. An execution
 * transfers only the control array and the staging arrays of the graph.
 */
final class GraphBuilder {
  /** The name of the first task of a graph. */
  static final String TASK = "t0";

  private final DeviceMemory memory;
  private final IntArray control;
  private final KernelContext context = new KernelContext();
  private final GridScheduler grids = new GridScheduler();
  private final List<ImmutableTaskGraph> graphs = new ArrayList<>();

  GraphBuilder(DeviceMemory memory, IntArray control) {
    this.memory = memory;
    this.control = control;
  }

  /** Adds a task to a graph under construction. */
  interface TaskAdder {
    /** Adds one task, named {@link #TASK}; the context gives work-item indices. */
    void add(TaskGraph graph, KernelContext context);
  }

  /** The graph that allocates the resident arrays on the device; runs once, before all others. */
  Graph reserve() {
    String name = "reserve";
    TaskGraph graph =
        new TaskGraph(name)
            .task(
                TASK,
                CopyKernels::reserve,
                context,
                memory.tables(),
                memory.floats(0),
                memory.floats(1),
                memory.floats(2),
                memory.floats(3),
                memory.halves(0),
                memory.halves(1),
                memory.halves(2),
                memory.halves(3));
    if (!memory.hasDoubles()) {
      return finish(graph.persistOnDevice(memory.arrays()), name, 1);
    }
    graph.task("t1", CopyKernels::reserveDoubles, context, memory.doubles());
    return finish(graph.persistOnDevice(memory.arrays()), name, 1, 1);
  }

  /**
   * Builds a graph of one task.
   *
   * @param sent array transferred to the device before the task, or null
   * @param fetched array transferred to the host after the task, or null
   */
  Graph single(String name, int group, Object sent, Object fetched, TaskAdder task) {
    TaskGraph graph = start(name);
    if (sent != null) {
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, sent);
    }
    task.add(graph, context);
    graph.persistOnDevice(memory.arrays());
    if (fetched != null) {
      graph.transferToHost(DataTransferMode.EVERY_EXECUTION, fetched);
    }
    return finish(graph, name, group);
  }

  /**
   * Builds a graph of model operations: a task for each launch, compiled with the index of its
   * first operation.
   */
  Graph sequence(String name, List<DeviceKernel> kernels) {
    TaskGraph graph = start(name);
    List<Integer> groups = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      if (kernels.get(i) != DeviceKernel.MEMBER) {
        add(graph, "t" + groups.size(), kernels.get(i), i);
        groups.add(kernels.get(i).group());
      }
    }
    graph.persistOnDevice(memory.arrays());
    return finish(graph, name, groups.stream().mapToInt(g -> g).toArray());
  }

  private void add(TaskGraph graph, String task, DeviceKernel kernel, int index) {
    switch (kernel.code()) {
      case DeviceKernel.FirstArrayCode code ->
          graph.task(task, code, context, control, memory.tables(), memory.floats(), index);
      case DeviceKernel.KvCode code ->
          graph.task(
              task,
              code,
              context,
              control,
              memory.tables(),
              memory.floats(0),
              memory.floats(1),
              memory.floats(2),
              memory.floats(3),
              memory.arrayCount(),
              index);
      case DeviceKernel.WeightCode code ->
          graph.task(
              task,
              code,
              context,
              control,
              memory.tables(),
              memory.floats(0),
              memory.floats(1),
              memory.floats(2),
              memory.floats(3),
              memory.halves(0),
              memory.halves(1),
              memory.halves(2),
              memory.halves(3),
              memory.arrayCount(),
              index);
    }
  }

  private TaskGraph start(String name) {
    return new TaskGraph(name)
        .consumeFromDevice(memory.arrays())
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, control);
  }

  private Graph finish(TaskGraph graph, String name, int... groups) {
    WorkerGrid1D[] workers = new WorkerGrid1D[groups.length];
    for (int i = 0; i < groups.length; i++) {
      workers[i] = new WorkerGrid1D(groups[i]);
      workers[i].setLocalWork(groups[i], 1, 1);
      grids.addWorkerGrid(name + ".t" + i, workers[i]);
    }
    graphs.add(graph.snapshot());
    return new Graph(graphs.size() - 1, name, workers);
  }

  /** The worker grid of each task of each graph. */
  GridScheduler grids() {
    return grids;
  }

  /** All graphs, in the order of their indices. */
  ImmutableTaskGraph[] graphs() {
    return graphs.toArray(ImmutableTaskGraph[]::new);
  }
}
