package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Converts a program into the operations that kernels execute, in as few launches as their
 * dependencies allow.
 *
 * <p>A segment of the program, about one layer, has one of two structures. If no weight in it is
 * factored, each linear layer is one operation. Otherwise each is two, the first of which is idle
 * where the weight is dense: whichever matrices an edit factors, the structure is the same, and one
 * compiled graph runs all such segments.
 */
final class DeviceProgram {
  private DeviceProgram() {}

  /** What becomes one launch, or for linear layers two, one per factor. */
  private sealed interface Step {
    List<DeviceOp> deviceOps();

    default boolean independentOf(Step other) {
      return Collections.disjoint(writes(this), slots(other))
          && Collections.disjoint(writes(other), slots(this));
    }

    private static Set<Slot> writes(Step step) {
      return union(step.deviceOps().stream().map(DeviceOp::writes));
    }

    private static Set<Slot> slots(Step step) {
      return union(step.deviceOps().stream().map(DeviceOp::slots));
    }

    private static Set<Slot> union(Stream<Set<Slot>> sets) {
      return sets.flatMap(Set::stream).collect(Collectors.toSet());
    }
  }

  /** One launch. */
  private record Launch(DeviceKernel kernel, List<DeviceOp> launched) implements Step {
    @Override
    public List<DeviceOp> deviceOps() {
      List<DeviceOp> members = launched.subList(1, launched.size());
      List<DeviceOp> deviceOps = new ArrayList<>();
      deviceOps.add(launched.getFirst().launching(kernel, members));
      members.forEach(member -> deviceOps.add(member.asMember()));
      return deviceOps;
    }
  }

  /**
   * A linear layer: {@code x Rᵀ}, idle where the weight is dense, and the product with the rest.
   */
  private record DeviceLinear(DeviceOp first, DeviceOp second) {}

  /** Linear layers with the same input, none of which touches what another writes. */
  private record LinearLayers(Slot in, List<DeviceLinear> layers) implements Step {
    @Override
    public List<DeviceOp> deviceOps() {
      List<DeviceOp> deviceOps = new ArrayList<>();
      for (Function<DeviceLinear, DeviceOp> part :
          List.<Function<DeviceLinear, DeviceOp>>of(DeviceLinear::first, DeviceLinear::second)) {
        List<DeviceOp> launched = layers.stream().map(part).toList();
        deviceOps.addAll(new Launch(DeviceKernel.LINEAR_GEMM, launched).deviceOps());
      }
      return deviceOps;
    }
  }

  /**
   * Linear layers that add to the same output, such as the two of a parallel block: the groups of
   * one launch run one after the other, so that an output has the bits of one launch each.
   */
  private record Chain(List<DeviceLinear> layers) implements Step {
    @Override
    public List<DeviceOp> deviceOps() {
      List<DeviceOp> deviceOps = new ArrayList<>();
      for (DeviceLinear layer : layers) {
        deviceOps.addAll(new Launch(DeviceKernel.LINEAR_GEMM, List.of(layer.first)).deviceOps());
      }
      deviceOps.add(layers.getFirst().second.chaining(layers.size()));
      layers.stream().skip(1).forEach(layer -> deviceOps.add(layer.second.asMember()));
      return deviceOps;
    }
  }

  /** Converts a program; the operations of a launch are neighbours. */
  static List<DeviceOp> of(List<Op> program) {
    List<DeviceOp> deviceOps = new ArrayList<>();
    for (List<DeviceOp> segment : segments(withFirstFactors(program))) {
      boolean factored = segment.stream().anyMatch(d -> d.firstFactor() && d.op() != null);
      deviceOps.addAll(factored ? segment : withoutFirstFactors(segment));
    }
    return deviceOps;
  }

  private static List<DeviceOp> withoutFirstFactors(List<DeviceOp> segment) {
    return segment.stream().filter(d -> !d.firstFactor()).toList();
  }

  private static List<DeviceOp> withFirstFactors(List<Op> program) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < program.size(); ) {
      List<Op> rest = program.subList(i, program.size());
      if (rest.getFirst() instanceof Op.Linear linear) {
        boolean factored = rest.size() > 1 && isFirstFactor(linear, rest.get(1));
        DeviceLinear layer = layer(linear, factored, rest);
        add(new LinearLayers(linear.in(), List.of(layer)), steps);
        i += (factored ? 2 : 1) + (layer.second.fused() ? 1 : 0);
      } else {
        boolean append = isRotatedAppend(rest);
        List<DeviceOp> launched =
            rest.subList(0, append ? 3 : 1).stream().map(DeviceOp::plain).toList();
        steps.add(
            new Launch(
                append ? DeviceKernel.APPEND_ROTATED : launched.getFirst().kernel(), launched));
        if (launched.getFirst().op() instanceof Op.Attention) {
          DeviceOp combine = launched.getFirst().combine();
          steps.add(new Launch(combine.kernel(), List.of(combine)));
        }
        i += launched.size();
      }
    }
    return steps.stream().flatMap(step -> step.deviceOps().stream()).toList();
  }

  /** Adds a layer to the last launch that reads its input, if no step since then forbids it. */
  private static void add(LinearLayers layer, List<Step> steps) {
    for (int i = steps.size() - 1; i >= 0 && steps.get(i).independentOf(layer); i--) {
      if (steps.get(i) instanceof LinearLayers known && known.in.equals(layer.in)) {
        List<DeviceLinear> all = new ArrayList<>(known.layers);
        all.addAll(layer.layers);
        steps.set(i, new LinearLayers(layer.in, List.copyOf(all)));
        return;
      }
    }
    if (!steps.isEmpty()
        && steps.getLast() instanceof LinearLayers last
        && last.layers.size() == 1
        && chains(last.layers.getFirst(), layer.layers.getFirst())) {
      steps.set(
          steps.size() - 1, new Chain(List.of(last.layers.getFirst(), layer.layers.getFirst())));
    } else {
      steps.add(layer);
    }
  }

  /** Returns whether the groups of one launch can run both layers, one after the other. */
  private static boolean chains(DeviceLinear layer, DeviceLinear next) {
    Op.Linear linear = (Op.Linear) layer.second.op();
    Op.Linear follower = (Op.Linear) next.second.op();
    return linear.accumulate()
        && follower.accumulate()
        && linear.out().equals(follower.out())
        // What the first factors of the second layer overwrite, the first layer has not read yet.
        && Collections.disjoint(next.first.writes(), layer.second.slots())
        && !next.first.slots().contains(linear.out())
        && outputsPerGroup(linear) == outputsPerGroup(follower);
  }

  private static int outputsPerGroup(Op.Linear linear) {
    return GemvKernel.outputsPerGroup(TornadoMatrix.of(linear.weight()).colStride());
  }

  private static DeviceLinear layer(Op.Linear linear, boolean factored, List<Op> rest) {
    int second = factored ? 1 : 0;
    return new DeviceLinear(
        factored ? DeviceOp.firstFactor(linear) : DeviceOp.idle(linear.in().rows()),
        DeviceOp.linear((Op.Linear) rest.get(second), rest.subList(second + 1, rest.size())));
  }

  /** Returns whether a linear operation is the first of two factors. */
  private static boolean isFirstFactor(Op.Linear linear, Op next) {
    return next instanceof Op.Linear left
        && left.in().equals(linear.out())
        && linear.bias().isEmpty()
        && !linear.accumulate();
  }

  /**
   * Returns whether a program begins with rotary embeddings of queries and keys, and the append.
   */
  private static boolean isRotatedAppend(List<Op> program) {
    return program.size() > 2
        && program.get(0) instanceof Op.Rotary queries
        && program.get(1) instanceof Op.Rotary keys
        && queries.writes().getFirst().rows() == keys.writes().getFirst().rows()
        && program.get(2) instanceof Op.AppendKv append
        && append.reads().getFirst().equals(keys.writes().getFirst());
  }

  /**
   * Cuts a program into segments that become graphs: after each {@link Op.AppendKv}, so that all
   * segments but the first and the last span one layer and have the same structure.
   */
  static List<List<DeviceOp>> segments(List<DeviceOp> deviceOps) {
    List<List<DeviceOp>> segments = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < deviceOps.size(); i++) {
      if (deviceOps.get(i).op() instanceof Op.AppendKv || i + 1 == deviceOps.size()) {
        segments.add(List.copyOf(deviceOps.subList(from, i + 1)));
        from = i + 1;
      }
    }
    return segments;
  }

  /** The kernels of operations for a batch. */
  static List<DeviceKernel> kernels(List<DeviceOp> deviceOps, BatchExtent batch) {
    return deviceOps.stream().map(d -> d.kernel(batch)).toList();
  }

  /** Rows that differ in their kernels: few, few with a long context, many. */
  private enum Rows {
    FEW(1, 1),
    FEW_SPLIT(1, AttentionKernels.MAX_SPLITS),
    MANY(DeviceOp.GEMV_MAX_ROWS + 1, 1);

    private final int count;
    private final int splits;

    Rows(int count, int splits) {
      this.count = count;
      this.splits = splits;
    }
  }

  /** Some batch with these rows. */
  private record AnyBatch(Rows tokens, Rows logitRows) implements BatchExtent {
    private Rows of(Slot.RowDomain domain) {
      return domain == Slot.RowDomain.TOKENS ? tokens : logitRows;
    }

    @Override
    public int rows(Slot.RowDomain domain) {
      return of(domain).count;
    }

    @Override
    public int tiles(Slot.RowDomain domain) {
      return of(domain) == Rows.MANY ? 1 : 0;
    }

    @Override
    public int splits(Slot.RowDomain domain, int window) {
      return of(domain).splits;
    }
  }

  /**
   * The kernel sequences that a program and its edits may need: of each segment, with and without
   * factors, for few rows, for few with a long context, and for many; and of the whole program for
   * few rows, where waiting between the segments would take a good part of the time.
   */
  static Set<List<DeviceKernel>> sequences(List<Op> program) {
    Set<List<DeviceKernel>> sequences = new LinkedHashSet<>();
    for (List<DeviceOp> segment : segments(withFirstFactors(program))) {
      for (List<DeviceOp> structure : List.of(segment, withoutFirstFactors(segment))) {
        for (Rows tokens : Rows.values()) {
          for (Rows logitRows : Rows.values()) {
            sequences.add(kernels(structure, new AnyBatch(tokens, logitRows)));
          }
        }
      }
    }
    for (Rows rows : List.of(Rows.FEW, Rows.FEW_SPLIT)) {
      sequences.add(kernels(of(program), new AnyBatch(rows, rows)));
    }
    return sequences;
  }
}
