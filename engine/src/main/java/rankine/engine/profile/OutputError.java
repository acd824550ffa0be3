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
 * The error of the output {@code Y = X Wᵀ} of an edited matrix on captured activations X, in
 * Frobenius norms; 0 if the unedited output is 0. The backend computes the products in float32; the
 * norms are summed in float64.
 *
 * @param dense {@code ‖Y − X W_kᵀ‖ / ‖Y‖} with a dense W_k
 * @param factored {@code ‖Y − (X V_k) (U_k S_k)ᵀ‖ / ‖Y‖}, in two thin products
 * @param difference norm of the difference of the two outputs over {@code ‖Y‖}: the effect of the
 *     representation alone
 */
public record OutputError(
    OptionalDouble dense, OptionalDouble factored, OptionalDouble difference) {
  /** The error of an unchanged matrix. */
  static final OutputError NONE =
      new OutputError(OptionalDouble.of(0), OptionalDouble.empty(), OptionalDouble.empty());

  /**
   * Measures the replacements of {@code w}.
   *
   * @param x [positions, w.cols]
   * @param shape shape of the model's KV caches; nothing is written to the cache
   */
  static OutputError of(Matrix w, EditedWeight edited, Matrix x, Backend backend, KvShape shape) {
    Slot in = Slot.tokens("in", w.cols());
    Slot unedited = Slot.tokens("unedited", w.rows());
    Slot dense = Slot.tokens("dense", w.rows());
    Slot factored = Slot.tokens("factored", w.rows());
    List<Op> program = new ArrayList<>();
    // Embed with X as the table and token id i for row i: every backend can load a slot this way.
    program.add(new Op.Embed(backend.matrix(x), in));
    program.add(linear(in, w, unedited, backend));
    edited.dense().ifPresent(d -> program.add(linear(in, d.w(), dense, backend)));
    edited.factors().ifPresent(f -> program.addAll(factoredLinear(in, f, factored, backend)));

    List<Slot> outputs = List.of(unedited, dense, factored);
    SquaredSums sums = new SquaredSums(w.rows());
    int chunk = Math.min(Session.DEFAULT_CHUNK, x.rows());
    // Both outputs have a slot; that of an absent representation stays zero.
    LinkedHashSet<Slot> slots = new LinkedHashSet<>(Model.slots(program));
    slots.addAll(outputs);
    try (Activations activations = backend.activations(slots, chunk, 0);
        KvCache sequence = backend.cache(shape)) {
      for (int from = 0; from < x.rows(); from += chunk) {
        int[] ids = IntStream.range(from, Math.min(x.rows(), from + chunk)).toArray();
        Batch batch = new Batch(List.of(new Batch.Sequence(sequence, ids)), new int[0]);
        backend.run(program, activations, batch);
        for (int row = 0; row < ids.length; row++) {
          for (int i = 0; i < outputs.size(); i++) {
            backend.read(activations, outputs.get(i), row, sums.rows[i]);
          }
          sums.add();
        }
      }
    }
    return sums.error(edited.dense().isPresent(), edited.factors().isPresent());
  }

  private static List<Op> factoredLinear(
      Slot in, Replacement.FactorPair f, Slot out, Backend backend) {
    Slot projected = Slot.tokens("projected", f.right().rows());
    return List.of(
        linear(in, f.right(), projected, backend), linear(projected, f.left(), out, backend));
  }

  private static Op linear(Slot in, Matrix w, Slot out, Backend backend) {
    return new Op.Linear(out.name(), in, backend.matrix(w), Optional.empty(), false, out);
  }

  /** Sums of squares, and a buffer of one row per output. */
  private static final class SquaredSums {
    /** Unedited, dense, factored. */
    private final float[][] rows;

    private double squaredOutput;
    private double denseError;
    private double factoredError;
    private double difference;

    SquaredSums(int width) {
      rows = new float[3][width];
    }

    void add() {
      for (int i = 0; i < rows[0].length; i++) {
        double unedited = rows[0][i];
        double dense = rows[1][i];
        double factored = rows[2][i];
        squaredOutput += unedited * unedited;
        denseError += (unedited - dense) * (unedited - dense);
        factoredError += (unedited - factored) * (unedited - factored);
        difference += (dense - factored) * (dense - factored);
      }
    }

    OutputError error(boolean hasDense, boolean hasFactors) {
      return new OutputError(
          relative(hasDense, denseError),
          relative(hasFactors, factoredError),
          relative(hasDense && hasFactors, difference));
    }

    private OptionalDouble relative(boolean present, double part) {
      return present
          ? OptionalDouble.of(MatrixError.relative(part, squaredOutput))
          : OptionalDouble.empty();
    }
  }
}
