package rankine.engine.profile;

import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/**
 * What to study.
 *
 * @param layer from 0, or {@link Edit#EVERY_LAYER}
 * @param rates each once, at least one
 * @param plan the method, and whether the edited model runs factors; its edits are not looked at
 * @param text what the model reads
 * @param timing how to time kernels; empty: not at all, and the result is the same bits every time
 */
public record ProfileRequest(
    int layer,
    ModuleSelection modules,
    List<PruningRate> rates,
    EditPlan plan,
    TextSource text,
    Optional<Timed> timing) {

  /**
   * How kernels are timed.
   *
   * @param rows of a prefill
   */
  public record Timed(int rows, TimingConfig pace) {}

  /**
   * Checks layer and rates before anything runs.
   *
   * @throws EditException for a layer below -1, or a rate given twice
   */
  public ProfileRequest {
    rates = List.copyOf(rates);
    if (rates.isEmpty()) {
      throw new EditException("rates: expected at least one, found none");
    }
    for (int i = 0; i < rates.size(); i++) {
      if (rates.indexOf(rates.get(i)) < i) {
        throw new EditException("rates: expected each once, found " + rates.get(i) + " twice");
      }
    }
    new Edit(layer, modules, PruningRate.ZERO);
  }

  /** All matrices of the module at one rate. */
  Edit edit(PruningRate rate) {
    return new Edit(layer, modules, rate);
  }
}
