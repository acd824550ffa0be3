package rankine.engine.profile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import rankine.engine.edit.Replacement;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * What an edit does to the output {@code Y = X Wᵀ} of a matrix on activations X that really occur,
 * in Frobenius norms; 0 where the plain output is 0. The products are the backend's, in float32;
 * the norms are summed in float64.
 *
 * @param dense {@code ‖Y − X W_kᵀ‖ / ‖Y‖}, W_k multiplied out
 * @param factored {@code ‖Y − (X V_k) (U_k S_k)ᵀ‖ / ‖Y‖}, in two thin products
 * @param difference of the two outputs, over {@code ‖Y‖}: what the form alone changes
 */
public record OutputError(
    OptionalDouble dense, OptionalDouble factored, OptionalDouble difference) {
  /** Of a matrix that stays as it is. */
  static final OutputError NONE =
      new OutputError(OptionalDouble.of(0), OptionalDouble.empty(), OptionalDouble.empty());

  /**
   * Of the replacements of {@code w}.
   *
   * @param x [positions, w.cols]
   * @param shape of the model's caches; nothing is stored in one
   */
  static OutputError of(Matrix w, EditedWeight forms, Matrix x, Backend backend, KvShape shape) {
    Slot in = Slot.tokens("in", w.cols());
    Slot plain = Slot.tokens("plain", w.rows());
    Slot dense = Slot.tokens("dense", w.rows());
    Slot factored = Slot.tokens("factored", w.rows());
    List<Op> program = new ArrayList<>();
    // X as a table whose row i belongs to token i: the way into a slot that every backend has.
    program.add(new Op.Embed(backend.matrix(x), in));
    program.add(linear(in, w, plain, backend));
    forms.dense().ifPresent(d -> program.add(linear(in, d.w(), dense, backend)));
    forms.factors().ifPresent(f -> program.addAll(thin(in, f, factored, backend)));

    List<Slot> outputs = List.of(plain, dense, factored);
    Squares squares = new Squares(w.rows());
    int most = Math.min(Session.DEFAULT_CHUNK, x.rows());
    // Both forms have a slot, used or not: an absent one stays zero.
    LinkedHashSet<Slot> slots = new LinkedHashSet<>(Model.slots(program));
    slots.addAll(outputs);
    try (Activations activations = backend.activations(slots, most, 0);
        KvCache sequence = backend.cache(shape)) {
      for (int from = 0; from < x.rows(); from += most) {
        int[] ids = IntStream.range(from, Math.min(x.rows(), from + most)).toArray();
        Batch batch = new Batch(List.of(new Batch.Sequence(sequence, ids)), new int[0]);
        backend.run(program, activations, batch);
        for (int row = 0; row < ids.length; row++) {
          for (int i = 0; i < outputs.size(); i++) {
            backend.read(activations, outputs.get(i), row, squares.rows[i]);
          }
          squares.add();
        }
      }
    }
    return squares.error(forms.dense().isPresent(), forms.factors().isPresent());
  }

  private static List<Op> thin(Slot in, Replacement.FactorPair f, Slot out, Backend backend) {
    Slot mid = Slot.tokens("mid", f.right().rows());
    return List.of(linear(in, f.right(), mid, backend), linear(mid, f.left(), out, backend));
  }

  private static Op linear(Slot in, Matrix w, Slot out, Backend backend) {
    return new Op.Linear(out.name(), in, backend.matrix(w), Optional.empty(), false, out);
  }

  /** One row of each output, and the sums so far. */
  private static final class Squares {
    /** Plain, dense, factored. */
    private final float[][] rows;

    private double whole;
    private double ofDense;
    private double ofFactored;
    private double between;

    Squares(int width) {
      rows = new float[3][width];
    }

    void add() {
      for (int i = 0; i < rows[0].length; i++) {
        double plain = rows[0][i];
        double dense = rows[1][i];
        double factored = rows[2][i];
        whole += plain * plain;
        ofDense += (plain - dense) * (plain - dense);
        ofFactored += (plain - factored) * (plain - factored);
        between += (dense - factored) * (dense - factored);
      }
    }

    OutputError error(boolean hasDense, boolean hasFactors) {
      return new OutputError(
          relative(hasDense, ofDense),
          relative(hasFactors, ofFactored),
          relative(hasDense && hasFactors, between));
    }

    private OptionalDouble relative(boolean present, double part) {
      return present
          ? OptionalDouble.of(MatrixError.relative(part, whole))
          : OptionalDouble.empty();
    }
  }
}
