package rankine.engine.sweep;

import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.number;
import static rankine.common.io.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import rankine.common.io.JsonObject;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Module;
import rankine.engine.run.Spectrum;

/**
 * The singular values of a matrix of the original weights.
 *
 * @param matrix e.g. {@code 5.fc_in}
 * @param layer from 0
 * @param rows of the matrix
 * @param cols of the matrix
 * @param condition σ₁ / σ_r with r the numerical rank; absent for the zero matrix
 * @param singularValues all min(rows, cols), descending
 * @param kept rank and energy at each rate of the process that wrote the line
 */
public record SpectrumLine(
    String matrix,
    int layer,
    Module module,
    int rows,
    int cols,
    int numericalRank,
    OptionalDouble condition,
    double[] singularValues,
    List<Kept> kept)
    implements RunLine {

  /** Copies the list. */
  public SpectrumLine {
    kept = List.copyOf(kept);
  }

  /**
   * The truncation at one rate.
   *
   * @param rank number of singular values kept
   * @param energy their share of {@code ‖W‖²}
   * @param relativeError {@code ‖W − W_k‖ / ‖W‖}
   */
  public record Kept(PruningRate rate, int rank, double energy, double relativeError) {
    private static Kept of(JsonObject json) {
      Kept kept =
          new Kept(
              json.get("rate", Kinds.RATE),
              json.get("rank", integer(0, Integer.MAX_VALUE)),
              json.get("energy", number(0)),
              json.get("relative_error", number(0)));
      json.done();
      return kept;
    }
  }

  static SpectrumLine of(JsonObject json) {
    JsonObject spectrum = json.object("spectrum");
    int layer = json.get("layer", integer(0, Integer.MAX_VALUE));
    Module module = json.get("module", oneOf(Module.values(), Module::label));
    String matrix = json.get("matrix", TEXT);
    if (!matrix.equals(module.in(layer)) || !matrix.equals(spectrum.get("matrix", TEXT))) {
      throw json.fault("matrix", module.in(layer), matrix);
    }
    List<Integer> shape = spectrum.list("shape", integer(1, Integer.MAX_VALUE));
    double[] values =
        spectrum.list("singular_values", number(0)).stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    if (shape.size() != 2 || values.length != Math.min(shape.get(0), shape.get(1))) {
      throw json.fault("spectrum.singular_values", "min(rows, columns) values", values.length + "");
    }
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[i - 1]) {
        throw json.fault("spectrum.singular_values", "descending values", "a larger one at " + i);
      }
    }
    SpectrumLine line =
        new SpectrumLine(
            matrix,
            layer,
            module,
            shape.get(0),
            shape.get(1),
            spectrum.get("numerical_rank", integer(0, values.length)),
            spectrum.optional("condition_number", number(1)).stream()
                .mapToDouble(Double::doubleValue)
                .findFirst(),
            values,
            spectrum.objects("rates").stream().map(Kept::of).toList());
    spectrum.done();
    json.done();
    return line;
  }

  /** The line of a matrix. */
  static ObjectNode json(Spectrum spectrum) {
    int dot = spectrum.name().indexOf('.'); // Module.in writes this form
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", LineKind.SPECTRUM.label());
    json.put("matrix", spectrum.name());
    json.put("layer", Integer.parseInt(spectrum.name().substring(0, dot)));
    json.put("module", spectrum.name().substring(dot + 1));
    json.set("spectrum", spectrum.toJson());
    return json;
  }
}
