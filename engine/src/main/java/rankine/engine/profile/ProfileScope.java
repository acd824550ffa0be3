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

/** What a study edits. */
public sealed interface ProfileScope {
  /**
   * A model to compare with the unedited one.
   *
   * @param rate of all its edits; absent for a plan of any edits
   */
  record ProfileVariant(Optional<PruningRate> rate, EditPlan plan) {}

  /** Returns the method of all variants, and the factored mode of the edited models. */
  EditPlan plan();

  /** Returns the variants, which all edit the same matrices. */
  List<ProfileVariant> variants();

  /**
   * Returns sentences that a reader of the results must know.
   *
   * @param model without edits
   */
  List<String> notes(Model model);

  /**
   * Modules of a layer, at several rates.
   *
   * @param layer index from 0, or {@link Edit#EVERY_LAYER}
   * @param rates at least one, without duplicates; they share a sketch
   * @param plan its edits are ignored
   */
  record AtRates(int layer, ModuleSelection modules, List<PruningRate> rates, EditPlan plan)
      implements ProfileScope {
    /**
     * Checks layer and rates.
     *
     * @throws EditException for a layer below -1, or a duplicate rate
     */
    public AtRates {
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

    @Override
    public List<ProfileVariant> variants() {
      return rates.stream().map(rate -> new ProfileVariant(Optional.of(rate), at(rate))).toList();
    }

    private EditPlan at(PruningRate rate) {
      return plan.withEdits(List.of(new Edit(layer, modules, rate)));
    }

    @Override
    public List<String> notes(Model model) {
      return smallest(rates).map(rate -> at(rate).notes(model)).orElse(List.of());
    }
  }

  /**
   * All edits of a plan at once, such as those of a ratio for the whole model.
   *
   * @param plan at least one edit
   */
  record OfPlan(EditPlan plan) implements ProfileScope {
    /** Refuses a plan without edits. */
    public OfPlan {
      if (plan.edits().isEmpty()) {
        throw new EditException("plan: expected at least one edit, found none");
      }
    }

    @Override
    public List<ProfileVariant> variants() {
      return List.of(new ProfileVariant(Optional.empty(), plan));
    }

    @Override
    public List<String> notes(Model model) {
      return plan.notes(model);
    }
  }
}
