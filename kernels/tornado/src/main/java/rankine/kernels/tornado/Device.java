package rankine.kernels.tornado;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import rankine.common.BackendException;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A device with its resident memory and the one execution plan that contains every graph. TornadoVM
 * compiles the kernels of a graph at its first execution. Not thread-safe.
 */
final class Device implements AutoCloseable {
  /**
   * Executions and transfers, as TornadoVM's profiler counts them.
   *
   * @param executions graph executions
   * @param kernels kernels executed
   * @param bytesIn bytes from the host, including TornadoVM's own bookkeeping
   * @param bytesOut bytes to the host
   * @param compiled executions that compiled kernels
   */
  record Traffic(long executions, long kernels, long bytesIn, long bytesOut, long compiled) {
    /** All counts zero. */
    static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    /** The difference from {@code earlier}. */
    Traffic since(Traffic earlier) {
      return new Traffic(
          executions - earlier.executions,
          kernels - earlier.kernels,
          bytesIn - earlier.bytesIn,
          bytesOut - earlier.bytesOut,
          compiled - earlier.compiled);
    }
  }

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  private final String name;
  private final DeviceMemory memory;
  private final IntArray control = new IntArray(OpEncoding.CONTROL);
  private final Transfers transfers;
  private final LogitScoring scoring;
  private final Optional<MatrixGraphs> matrices;
  private final Map<DeviceKernel, Graph> single = new EnumMap<>(DeviceKernel.class);
  private final Map<List<DeviceKernel>, Graph> sequences = new HashMap<>();
  private final TornadoExecutionPlan plan;
  private final boolean profiled;
  private Traffic traffic = Traffic.NONE;

  /**
   * Allocates the memory and builds the plan.
   *
   * @param sequences kernel sequences of program segments: each becomes one graph
   * @param profiled whether to count transfers, at some cost per execution
   */
  Device(
      TornadoDevice device,
      DeviceMemory.ArraySizes sizes,
      Set<List<DeviceKernel>> sequences,
      boolean profiled) {
    this.name = device.getPhysicalDevice().getDeviceName().strip();
    this.memory = new DeviceMemory(sizes);
    this.profiled = profiled;
    GraphBuilder builder = new GraphBuilder(memory, control);
    Graph reserve = builder.reserve();
    transfers = new Transfers(builder, memory, control);
    scoring = new LogitScoring(builder, memory, control);
    matrices =
        memory.hasDoubles()
            ? Optional.of(new MatrixGraphs(builder, memory, control))
            : Optional.empty();
    for (DeviceKernel kernel : DeviceKernel.values()) {
      if (kernel != DeviceKernel.MEMBER) {
        single.put(kernel, builder.sequence("op" + kernel, List.of(kernel)));
      }
    }
    for (List<DeviceKernel> kernels : sequences) {
      String graph = "layer" + this.sequences.size();
      this.sequences.put(kernels, builder.sequence(graph, kernels));
    }
    plan = new TornadoExecutionPlan(builder.graphs());
    plan.withDevice(device).withGridScheduler(builder.grids());
    if (profiled) {
      plan.withProfiler(ProfilerMode.SILENT);
    }
    run(reserve);
  }

  DeviceMemory memory() {
    return memory;
  }

  Transfers transfers() {
    return transfers;
  }

  LogitScoring scoring() {
    return scoring;
  }

  /** The graphs of decompositions; empty on a device without float64. */
  Optional<MatrixGraphs> matrices() {
    return matrices;
  }

  /** The graph with this kernel alone. */
  Graph graph(DeviceKernel kernel) {
    return single.get(kernel);
  }

  /** The graph of a kernel sequence, or null; the kernels then run one by one. */
  Graph graph(List<DeviceKernel> kernels) {
    return sequences.get(kernels);
  }

  /** Sets one field of the control array for the following executions. */
  void control(int field, int value) {
    control.set(field, value);
  }

  /**
   * Executes a graph and waits for it to finish.
   *
   * @throws BackendException if it fails on the device
   */
  void run(Graph graph) {
    try {
      TornadoExecutionResult result = plan.withGraph(graph.index()).execute();
      if (profiled) {
        var profile = result.getProfilerResult();
        traffic =
            new Traffic(
                traffic.executions + 1,
                traffic.kernels + graph.grids().length,
                traffic.bytesIn + profile.getTotalBytesCopyIn(),
                traffic.bytesOut + profile.getTotalBytesCopyOut(),
                traffic.compiled + (profile.getCompileTime() > 0 ? 1 : 0));
      }
    } catch (RuntimeException | TornadoInternalError e) {
      throw failure(graph, e);
    }
  }

  private BackendException failure(Graph graph, Throwable cause) {
    BackendException failure =
        new BackendException(
            "kernel %s: expected an execution on %s, found %s: %s"
                .formatted(graph.name(), name, cause.getClass().getSimpleName(), reason(cause)));
    failure.initCause(cause);
    return failure;
  }

  /** The line of TornadoVM's message that names the task, without terminal colours. */
  private static String reason(Throwable cause) {
    List<String> lines =
        COLOUR.matcher(String.valueOf(cause.getMessage())).replaceAll("").strip().lines().toList();
    return lines.stream()
        .filter(line -> line.contains("task"))
        .findFirst()
        .orElseGet(() -> lines.isEmpty() ? "no message" : lines.getFirst());
  }

  /** The counts so far; all zero unless profiled. */
  Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() {
    try {
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException(e);
    } finally {
      memory.close();
    }
  }
}
