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
 * What enters some matrices of one layer while a model reads a text. The model's own programs run,
 * stopped before each of these matrices, and the slot that it is about to read is copied; no
 * architecture knows of it.
 */
final class ActivationCapture {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** The operations up to a matrix. */
  private record CapturePoint(List<Op> program, Op.Linear linear) {
    /** Whether the slot holds what it held at {@code earlier}: only other slots were written. */
    boolean readsAgain(CapturePoint earlier) {
      return linear.in().equals(earlier.linear.in())
          && program.stream()
              .allMatch(op -> op instanceof Op.Linear o && !o.out().equals(linear.in()));
    }
  }

  private final Backend backend;
  private final List<CapturePoint> stops;

  /** From the last matrix to the keys and values of its layer, where they come behind it. */
  private final List<Op> rest;

  private final Map<String, Matrix> inputs = new LinkedHashMap<>();
  private int row;

  private ActivationCapture(
      Backend backend, List<CapturePoint> stops, List<Op> rest, int positions) {
    this.backend = backend;
    this.stops = stops;
    this.rest = rest;
    for (int i = 0; i < stops.size(); i++) {
      Op.Linear linear = stops.get(i).linear;
      inputs.put(
          linear.name(),
          shared(i)
              ? inputs.get(stops.get(i - 1).linear.name())
              : allocate(positions, linear.in().width()));
    }
  }

  private boolean shared(int stop) {
    return stop > 0 && stops.get(stop).readsAgain(stops.get(stop - 1));
  }

  /**
   * The inputs of {@code names} in {@code layer}, by name: [positions, in features] each, float32,
   * the rows in the order of the text.
   */
  static Map<String, Matrix> of(
      Model model, int layer, Set<String> names, TextSpans text, Backend backend) {
    List<CapturePoint> stops = stops(model, layer, names);
    List<Op> rest = rest(model.layers().get(layer), stops.getLast().linear);
    Set<Slot> slots = new LinkedHashSet<>(Model.slots(rest));
    for (CapturePoint stop : stops) {
      slots.addAll(Model.slots(stop.program));
    }
    int most = Math.min(Session.DEFAULT_CHUNK, text.positions());
    ActivationCapture inputs = new ActivationCapture(backend, stops, rest, text.positions());
    try (Activations activations = backend.activations(slots, most, 0)) {
      text.read(
          () -> backend.cache(model.config().kvShape()),
          most,
          (piece, passage) -> inputs.read(piece, activations));
    }
    return inputs.inputs;
  }

  private static List<CapturePoint> stops(Model model, int layer, Set<String> names) {
    List<CapturePoint> stops = new ArrayList<>();
    List<Op> program = new ArrayList<>(model.embedding());
    model.layers().subList(0, layer).forEach(program::addAll);
    for (Op op : model.layers().get(layer)) {
      if (op instanceof Op.Linear linear && names.contains(linear.name())) {
        stops.add(new CapturePoint(List.copyOf(program), linear));
        program.clear();
      }
      program.add(op);
    }
    return stops;
  }

  private static List<Op> rest(List<Op> layer, Op.Linear last) {
    int from = layer.indexOf(last);
    int to =
        layer.indexOf(
            layer.stream().filter(Op.AppendKv.class::isInstance).findFirst().orElseThrow());
    return layer.subList(from, Math.max(from, to + 1));
  }

  private void read(Batch.Sequence piece, Activations activations) {
    Batch batch = new Batch(List.of(piece), new int[0]);
    for (int i = 0; i < stops.size(); i++) {
      CapturePoint stop = stops.get(i);
      backend.run(stop.program, activations, batch);
      if (!shared(i)) {
        copy(activations, stop.linear.in(), batch.rows(), inputs.get(stop.linear.name()).data());
      }
    }
    backend.run(rest, activations, batch);
    piece.cache().advance(piece.ids().length);
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
