package rankine.engine.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Svd;
import rankine.kernels.Matrix;

/**
 * The exact singular values of one matrix, and the rank that each pruning rate keeps.
 *
 * @param name e.g. {@code 26.fc_in}
 * @param w the matrix, [rows, cols]
 * @param svd all singular triplets above rounding error
 * @param rates in the order given
 */
public record Spectrum(String name, Matrix w, Svd svd, List<PruningRate> rates) {

  /**
   * Returns the spectra of a layer's matrices, in the order of the model.
   *
   * @param layer from 0, or {@link Edit#EVERY_LAYER}
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public static List<Spectrum> of(
      LoadedModel loaded, int layer, ModuleSelection modules, List<PruningRate> rates) {
    List<Spectrum> spectra = new ArrayList<>();
    EditOverlay.matrices(loaded.model(), new Edit(layer, modules, PruningRate.ZERO))
        .forEach(
            (name, w) ->
                spectra.add(new Spectrum(name, w, loaded.decompositions().exact(name, w), rates)));
    return spectra;
  }

  /** Returns min(rows, cols), the number of singular values. */
  public int fullRank() {
    return Math.min(w.rows(), w.cols());
  }

  /**
   * Returns the shape, the singular values (0 for those below rounding error), the numerical rank,
   * the condition number (absent for the zero matrix), and for each rate the rank k that it keeps,
   * the energy {@code ‖W_k‖² / ‖W‖²} and the relative error {@code ‖W − W_k‖ / ‖W‖}.
   */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("matrix", name);
    json.putArray("shape").add(w.rows()).add(w.cols());
    json.put("numerical_rank", svd.numericalRank());
    if (svd.numericalRank() > 0) {
      json.put("condition_number", svd.condition());
    }
    ArrayNode kept = json.putArray("rates");
    for (PruningRate rate : rates) {
      int rank = rank(rate);
      kept.addObject()
          .put("rate", rate.value())
          .put("rank", rank)
          .put("energy", svd.energy(rank))
          .put("relative_error", relativeError(rank));
    }
    ArrayNode values = json.putArray("singular_values");
    for (int i = 0; i < fullRank(); i++) {
      values.add(i < svd.rank() ? svd.s()[i] : 0);
    }
    return json;
  }

  /** Returns the rank that a rate keeps; the full rank at rate 0. */
  public int rank(PruningRate rate) {
    return rate.isZero() ? fullRank() : rate.rank(w.rows(), w.cols());
  }

  /** Returns {@code ‖W − W_k‖ / ‖W‖} in Frobenius norms; 0 for the zero matrix. */
  public double relativeError(int rank) {
    double norm = svd.residual(0);
    return norm == 0 ? 0 : svd.residual(rank) / norm;
  }
}
