package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.List;
import rankine.common.EditException;
import rankine.engine.lowrank.PruningRate;

/** Validates and sorts candidate rates. */
public final class CandidateRates {
  private CandidateRates() {}

  /**
   * Returns the rates in ascending order, with 0 added if it is missing.
   *
   * @throws EditException for a rate given twice
   */
  public static List<PruningRate> withZero(List<PruningRate> rates) {
    List<PruningRate> sorted = new ArrayList<>(rates);
    sorted.sort(null);
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).compareTo(sorted.get(i - 1)) == 0) {
        throw new EditException("rates: expected each once, found " + sorted.get(i) + " twice");
      }
    }
    if (sorted.isEmpty() || !sorted.getFirst().isZero()) {
      sorted.addFirst(PruningRate.ZERO);
    }
    return List.copyOf(sorted);
  }
}
