package rankine.engine;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.engine.run.Spectrum;

/**
 * The singular values of one weight matrix W, and what pruning rates keep of it.
 *
 * @param matrix layer and name, such as {@code 26.fc_in}
 * @param rows output features
 * @param cols input features
 * @param singularValues min(rows, cols) values, descending; 0 for those below rounding error
 * @param numericalRank number of singular values above the rounding error of float32
 * @param conditionNumber largest singular value / smallest within the numerical rank; absent for
 *     the zero matrix
 * @param truncations one per rate asked for, in that order
 */
public record MatrixSpectrum(
    String matrix,
    int rows,
    int cols,
    List<Double> singularValues,
    int numericalRank,
    OptionalDouble conditionNumber,
    List<Truncation> truncations) {

  /** Copies the lists. */
  public MatrixSpectrum {
    singularValues = List.copyOf(singularValues);
    truncations = List.copyOf(truncations);
  }

  /**
   * The best approximation of rank k, W_k, in Frobenius norms.
   *
   * @param rate the pruning rate
   * @param rank k = floor((1 − rate) · min(rows, cols))
   * @param energy {@code ‖W_k‖² / ‖W‖²}
   * @param relativeError {@code ‖W − W_k‖ / ‖W‖}
   */
  public record Truncation(double rate, int rank, double energy, double relativeError) {

    private static Truncation of(Spectrum spectrum, PruningRate rate) {
      int rank = spectrum.rank(rate);
      return new Truncation(
          rate.value().doubleValue(),
          rank,
          spectrum.svd().energy(rank),
          spectrum.relativeError(rank));
    }
  }

  static MatrixSpectrum of(Spectrum spectrum) {
    Svd svd = spectrum.svd();
    return new MatrixSpectrum(
        spectrum.name(),
        spectrum.w().rows(),
        spectrum.w().cols(),
        IntStream.range(0, spectrum.fullRank())
            .mapToObj(i -> i < svd.rank() ? svd.s()[i] : 0.0)
            .toList(),
        svd.numericalRank(),
        svd.numericalRank() == 0 ? OptionalDouble.empty() : OptionalDouble.of(svd.condition()),
        spectrum.rates().stream().map(rate -> Truncation.of(spectrum, rate)).toList());
  }
}
