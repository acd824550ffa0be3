package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.engine.lowrank.KeptRank;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Removal;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * The errors of one matrix and of its output at each rate.
 *
 * @param name e.g. {@code 26.fc_in}
 * @param w the original, as stored
 * @param rates in the given order
 */
public record MatrixProfile(String name, Matrix w, List<AtRate> rates) {

  /** Copies the list. */
  public MatrixProfile {
    rates = List.copyOf(rates);
  }

  /**
   * The errors at one rate, or of a plan.
   *
   * @param removal the rate, or what the plan removes of this matrix
   * @param rank the remaining rank; absent for a method that does not lower the rank
   * @param energy {@code ‖W_k‖² / ‖W‖²}
   * @param relativeError {@code ‖W − W_k‖ / ‖W‖}
   * @param output the error of the output
   * @param denseType stored type of the dense representation, if present
   * @param factoredType stored type of the factors, if present
   * @param autoFactored whether {@code --factored auto} runs factors
   */
  public record AtRate(
      Removal removal,
      OptionalInt rank,
      double energy,
      double relativeError,
      OutputError output,
      Optional<DType> denseType,
      Optional<DType> factoredType,
      boolean autoFactored) {

    private ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      switch (removal) {
        case PruningRate rate -> json.put("rate", rate.value());
        case ParameterRatio _, KeptRank _ -> json.put("removal", removal.toString());
      }
      rank.ifPresent(k -> json.put("rank", k));
      json.put("energy", energy).put("relative_error", relativeError);
      ObjectNode errors = json.putObject("output_error");
      output.dense().ifPresent(e -> errors.put("dense", e));
      output.factored().ifPresent(e -> errors.put("factored", e));
      output.difference().ifPresent(e -> errors.put("dense_against_factored", e));
      ObjectNode types = json.putObject("dtype");
      denseType.ifPresent(type -> types.put("dense", type.name()));
      factoredType.ifPresent(type -> types.put("factored", type.name()));
      json.put("auto", autoFactored ? "factored" : "dense");
      return json;
    }
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("matrix", name);
    json.putArray("shape").add(w.rows()).add(w.cols());
    json.put("dtype", w.dtype().name());
    json.put("layout", w.rowContiguous() ? "rows" : "columns");
    ArrayNode list = json.putArray("rates");
    rates.forEach(rate -> list.add(rate.toJson()));
    return json;
  }
}
