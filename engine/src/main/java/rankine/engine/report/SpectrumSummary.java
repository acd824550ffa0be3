package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import rankine.engine.model.Module;
import rankine.engine.sweep.SpectrumLine;

/**
 * The singular values of one matrix, subsampled for a chart.
 *
 * @param matrix such as {@code 26.fc_in}
 * @param rows of the matrix
 * @param cols of the matrix
 * @param largest σ₁
 * @param numericalRank number of singular values above rounding error
 * @param condition σ₁ / σ_r, r the numerical rank; absent for the zero matrix
 * @param kept rank and energy at each rate
 * @param values at most {@value #MAX_VALUES}, with the first and the last nonzero one
 */
public record SpectrumSummary(
    String matrix,
    int layer,
    Module module,
    int rows,
    int cols,
    double largest,
    int numericalRank,
    OptionalDouble condition,
    List<SpectrumLine.Kept> kept,
    List<Value> values) {
  /** The number of points that a line of a small chart can resolve. */
  public static final int MAX_VALUES = 200;

  /** Copies the lists. */
  public SpectrumSummary {
    kept = List.copyOf(kept);
    values = List.copyOf(values);
  }

  /**
   * A singular value.
   *
   * @param index from 1
   * @param ratio σ_index / σ₁, in (0, 1]
   */
  public record Value(int index, double ratio) {}

  static SpectrumSummary of(SpectrumLine line) {
    double[] values = line.singularValues();
    return new SpectrumSummary(
        line.matrix(),
        line.layer(),
        line.module(),
        line.rows(),
        line.cols(),
        values[0],
        line.numericalRank(),
        line.condition(),
        line.kept(),
        subsampled(values));
  }

  /**
   * Subsamples a spectrum for a chart: the first value, the last, and between them indices that
   * grow by a constant factor. Zeros (underflow or rounding) are left out: a log scale cannot show
   * them.
   *
   * @param spectrum descending
   */
  static List<Value> subsampled(double[] spectrum) {
    int positive = (int) Arrays.stream(spectrum).filter(s -> s > 0).count();
    List<Value> values = new ArrayList<>();
    int last = 0;
    for (int i = 0; i < MAX_VALUES && positive > 0; i++) {
      int index = (int) Math.round(Math.pow(positive, i / (MAX_VALUES - 1.0)));
      if (index > last) {
        values.add(new Value(index, spectrum[index - 1] / spectrum[0]));
        last = index;
      }
    }
    return values;
  }

  /** The number of singular values of the matrix. */
  public int fullRank() {
    return Math.min(rows, cols);
  }

  /** The numbers, and under {@code values} the subsampled spectrum as [index, σ / σ₁]. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("matrix", matrix).put("layer", layer).put("module", module.label());
    json.putArray("shape").add(rows).add(cols);
    json.put("largest", largest).put("numerical_rank", numericalRank);
    condition.ifPresent(value -> json.put("condition_number", value));
    ArrayNode rates = json.putArray("rates");
    for (SpectrumLine.Kept each : kept) {
      rates
          .addObject()
          .put("rate", each.rate().value())
          .put("rank", each.rank())
          .put("energy", each.energy())
          .put("relative_error", each.relativeError());
    }
    ArrayNode points = json.putArray("values");
    values.forEach(value -> points.addArray().add(value.index).add(value.ratio));
    return json;
  }
}
