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
 * The singular values of one matrix, thinned for a drawing.
 *
 * @param matrix such as {@code 26.fc_in}
 * @param rows of the matrix
 * @param cols of the matrix
 * @param largest σ₁
 * @param numericalRank how many values stand out from rounding
 * @param condition σ₁ / σ_r, r the numerical rank; absent for the zero matrix
 * @param kept what each rate keeps
 * @param values at most {@value #MOST_VALUES}, the first and the last that is not 0 among them
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
  /** As many points as a line of a small drawing can show. */
  public static final int MOST_VALUES = 200;

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
        thinned(values));
  }

  /**
   * The values to draw of a whole spectrum: at the first, the last, and between them at indices
   * that grow by a constant factor. Values of 0, lost in rounding, have no place on a log scale.
   *
   * @param spectrum descending
   */
  static List<Value> thinned(double[] spectrum) {
    int positive = (int) Arrays.stream(spectrum).filter(s -> s > 0).count();
    List<Value> values = new ArrayList<>();
    int last = 0;
    for (int i = 0; i < MOST_VALUES && positive > 0; i++) {
      int index = (int) Math.round(Math.pow(positive, i / (MOST_VALUES - 1.0)));
      if (index > last) {
        values.add(new Value(index, spectrum[index - 1] / spectrum[0]));
        last = index;
      }
    }
    return values;
  }

  /** How many singular values the matrix has. */
  public int fullRank() {
    return Math.min(rows, cols);
  }

  /** The figures, and under {@code values} the thinned spectrum as [index, σ / σ₁]. */
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
