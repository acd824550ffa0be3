package rankine.engine.profile;

import java.util.List;
import java.util.Optional;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/**
 * The parameters of a study.
 *
 * @param scope what is edited
 * @param text the text for the model
 * @param timing parameters of kernel timing; empty: no timing, and a repeated study gives the same
 *     bits
 */
public record ProfileRequest(ProfileScope scope, TextSource text, Optional<Timed> timing) {

  /**
   * Parameters of kernel timing.
   *
   * @param rows tokens of a prefill batch
   */
  public record Timed(int rows, TimingConfig config) {}

  /** A study of {@link ProfileScope.AtRates}. */
  public ProfileRequest(
      int layer,
      ModuleSelection modules,
      List<PruningRate> rates,
      EditPlan plan,
      TextSource text,
      Optional<Timed> timing) {
    this(new ProfileScope.AtRates(layer, modules, rates, plan), text, timing);
  }
}
