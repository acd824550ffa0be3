package rankine.engine.profile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Captures the input activations of matrices of one layer while a model reads a text. Runs the
 * model's own programs, points before each of these matrices, and copies its input slot.
 * Independent of the architecture.
 */
final class ActivationCapture {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** The operations from the previous capture point up to a matrix. */
  private record CapturePoint(List<Op> program, Op.Linear linear) {
    /**
     * Returns whether the input slot is unchanged since {@code earlier}: only other slots were
     * written.
     */
    boolean hasSameInput(CapturePoint earlier) {
      return linear.in().equals(earlier.linear.in())
          && program.stream()
              .allMatch(op -> op instanceof Op.Linear o && !o.out().equals(linear.in()));
    }
  }

  private final Backend backend;
  private final List<CapturePoint> points;

  /**
   * The operations from the last matrix to the AppendKv of its layer; empty if it precedes them.
   */
  private final List<Op> remainder;

  private final Map<String, Matrix> inputs = new LinkedHashMap<>();
  private int row;

  private ActivationCapture(
      Backend backend, List<CapturePoint> points, List<Op> remainder, int positions) {
    this.backend = backend;
    this.points = points;
    this.remainder = remainder;
    for (int i = 0; i < points.size(); i++) {
      Op.Linear linear = points.get(i).linear;
      inputs.put(
          linear.name(),
          reusesInput(i)
              ? inputs.get(points.get(i - 1).linear.name())
              : allocate(positions, linear.in().width()));
    }
  }

  private boolean reusesInput(int point) {
    return point > 0 && points.get(point).hasSameInput(points.get(point - 1));
  }

  /**
   * Returns the inputs of the matrices {@code names} in {@code layer}, by name: [positions, input
   * features] each, float32, rows in text order.
   */
  static Map<String, Matrix> of(
      Model model, int layer, Set<String> names, TextSpans text, Backend backend) {
    List<CapturePoint> points = points(model, layer, names);
    List<Op> remainder = remainder(model.layers().get(layer), points.getLast().linear);
    Set<Slot> slots = new LinkedHashSet<>(Model.slots(remainder));
    for (CapturePoint point : points) {
      slots.addAll(Model.slots(point.program));
    }
    int chunk = Math.min(Session.DEFAULT_CHUNK, text.positions());
    ActivationCapture inputs = new ActivationCapture(backend, points, remainder, text.positions());
    try (Activations activations = backend.activations(slots, chunk, 0)) {
      text.read(
          () -> backend.cache(model.config().kvShape()),
          chunk,
          (sequence, span) -> inputs.read(sequence, activations));
    }
    return inputs.inputs;
  }

  private static List<CapturePoint> points(Model model, int layer, Set<String> names) {
    List<CapturePoint> points = new ArrayList<>();
    List<Op> program = new ArrayList<>(model.embedding());
    model.layers().subList(0, layer).forEach(program::addAll);
    for (Op op : model.layers().get(layer)) {
      if (op instanceof Op.Linear linear && names.contains(linear.name())) {
        points.add(new CapturePoint(List.copyOf(program), linear));
        program.clear();
      }
      program.add(op);
    }
    return points;
  }

  private static List<Op> remainder(List<Op> layer, Op.Linear last) {
    int from = layer.indexOf(last);
    int to =
        layer.indexOf(
            layer.stream().filter(Op.AppendKv.class::isInstance).findFirst().orElseThrow());
    return layer.subList(from, Math.max(from, to + 1));
  }

  private void read(Batch.Sequence sequence, Activations activations) {
    Batch batch = new Batch(List.of(sequence), new int[0]);
    for (int i = 0; i < points.size(); i++) {
      CapturePoint point = points.get(i);
      backend.run(point.program, activations, batch);
      if (!reusesInput(i)) {
        copy(activations, point.linear.in(), batch.rows(), inputs.get(point.linear.name()).data());
      }
    }
    backend.run(remainder, activations, batch);
    sequence.cache().advance(sequence.ids().length);
    row += batch.rows();
  }

  private void copy(Activations activations, Slot slot, int rows, MemorySegment into) {
    float[] values = new float[slot.width()];
    for (int r = 0; r < rows; r++) {
      backend.read(activations, slot, r, values);
      MemorySegment.copy(
          values, 0, into, FLOAT, (long) (row + r) * slot.width() * Float.BYTES, slot.width());
    }
  }

  private static Matrix allocate(int rows, int cols) {
    return Matrix.rowMajor(
        Arena.ofAuto().allocate((long) rows * cols * Float.BYTES, 64), DType.F32, rows, cols);
  }
}
