package rankine.engine.lowrank;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * The leading singular triplets from a random sketch of the range: a basis Q of it ({@link
 * RangeFinder}), then the decomposition of {@code B = Qᵀ A}, algorithm 5.1 of Halko, Martinsson and
 * Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
 *
 * <p>{@link GramSvd} decomposes B, like the whole matrix in {@link ExactSvd}: the errors are those
 * of a one-sided Jacobi method on float32 data, without its q²/2 plane rotations per sweep.
 */
public record RandomizedSvd(RandomizedOptions options) implements SvdMethod {
  @Override
  public Svd decompose(String name, Matrix w, Backend backend) {
    MatrixOps ops = backend.matrices();
    try (ScaledMatrix a = ScaledMatrix.of(name, w, backend)) {
      RangeFinder range = RangeFinder.of(options, a.weight().rows(), a.weight().cols());
      List<GramSvd.TripletBlock> blocks = triplets(range, a, ops);
      int rank = Math.min(options.rank(), a.weight().rows());
      if (range.minRelativeValue() > spread(blocks, rank)) {
        blocks.forEach(GramSvd.TripletBlock::close);
        blocks = triplets(RangeFinder.Plain.of(options, a.weight().rows()), a, ops);
      }
      return a.finish(blocks, true);
    }
  }

  private List<GramSvd.TripletBlock> triplets(RangeFinder range, ScaledMatrix a, MatrixOps ops) {
    try (DenseMatrix basis = range.basis(a.weight(), options.seed(), ops);
        DenseMatrix b = ops.times(basis, a.weight())) {
      return GramSvd.of(b, basis, options.rank(), ops);
    }
  }

  /**
   * Returns smallest / largest value; 0 if there are fewer than {@code rank}, the rest rounding.
   */
  private static double spread(List<GramSvd.TripletBlock> blocks, int rank) {
    double[] s = blocks.stream().flatMapToDouble(b -> Arrays.stream(b.s())).sorted().toArray();
    return s.length < rank ? 0 : s[0] / s[s.length - 1];
  }

  @Override
  public String key() {
    return String.format(
        Locale.ROOT,
        "randomized 2, rank %d, oversampling %d, power iterations %d, seed %d",
        options.rank(),
        options.oversampling(),
        options.powerIterations(),
        options.seed());
  }
}
