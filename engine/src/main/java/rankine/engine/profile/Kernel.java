package rankine.engine.profile;

import java.util.List;
import rankine.kernels.DType;

/**
 * Something to be timed: one product with a matrix, or several, each with the result of the one
 * before.
 *
 * @param parts in order; each takes as many features as the one before gives
 * @param rows of the activations
 */
record Kernel(List<Part> parts, int rows) {
  /**
   * A matrix [m, n] as it is stored.
   *
   * @param rowContiguous whether rows are contiguous; otherwise columns are
   */
  record Part(int m, int n, DType dtype, boolean rowContiguous) {
    /** As edits make them: float32, rows contiguous. */
    static Part edited(int m, int n) {
      return new Part(m, n, DType.F32, true);
    }

    long bytes() {
      return (long) m * n * dtype.bytes();
    }
  }

  Kernel {
    parts = List.copyOf(parts);
  }

  static Kernel of(Part part, int rows) {
    return new Kernel(List.of(part), rows);
  }

  /** The two thin products of a matrix of that shape at a rank. */
  static Kernel factored(int m, int n, int rank, int rows) {
    return new Kernel(List.of(Part.edited(rank, n), Part.edited(m, rank)), rows);
  }

  Cost cost() {
    return parts.stream()
        .map(part -> Cost.linear(rows, part.m, part.n, part.dtype))
        .reduce(new Cost(0, 0), Cost::plus);
  }
}
