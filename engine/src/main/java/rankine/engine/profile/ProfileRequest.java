package rankine.engine.profile;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;

/**
 * The parameters of a study.
 *
 * @param layer index from 0, or {@link Edit#EVERY_LAYER}
 * @param rates at least one, without duplicates
 * @param plan the method, and whether the edited model runs factors; its edits are ignored
 * @param text the text for the model
 * @param timing parameters of kernel timing; empty: no timing, and a repeated study gives the same
 *     bits
 */
public record ProfileRequest(
    int layer,
    ModuleSelection modules,
    List<PruningRate> rates,
    EditPlan plan,
    TextSource text,
    Optional<Timed> timing) {

  /**
   * Parameters of kernel timing.
   *
   * @param rows tokens of a prefill batch
   */
  public record Timed(int rows, TimingConfig config) {}

  /**
   * Checks layer and rates, which share a sketch.
   *
   * @throws EditException for a layer below -1, or a duplicate rate
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
    plan = smallest(rates).map(plan::withSharedSketch).orElse(plan);
  }

  private static Optional<PruningRate> smallest(List<PruningRate> rates) {
    return rates.stream().filter(rate -> !rate.isZero()).min(Comparator.naturalOrder());
  }

  /**
   * Returns sentences that a reader of the results must know.
   *
   * @param model without edits
   */
  public List<String> notes(Model model) {
    return smallest(rates)
        .map(rate -> plan.withEdits(List.of(edit(rate))).notes(model))
        .orElse(List.of());
  }

  /** Returns the edit of all matrices of the module at one rate. */
  Edit edit(PruningRate rate) {
    return new Edit(layer, modules, rate);
  }
}
