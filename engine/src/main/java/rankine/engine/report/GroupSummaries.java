package rankine.engine.report;

import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Score;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.GroupResult;

/** Summarises the groups of a run. */
final class GroupSummaries {
  private GroupSummaries() {}

  /** A group's choice and test; its p-value is not corrected yet. */
  static GroupSummary summary(GroupResult result) {
    return new GroupSummary(
        result.key(),
        result.validation().size(),
        result.rates().size(),
        result.chosen().map(rate -> choice(result, rate)),
        result.chosen().flatMap(rate -> tested(result, rate)));
  }

  private static GroupSummary.ValidationChoice choice(GroupResult result, PruningRate rate) {
    return new GroupSummary.ValidationChoice(
        rate,
        result.best().subList(1, result.best().size()),
        score(result.validation().get(PruningRate.ZERO)),
        score(result.validation().get(rate)));
  }

  private static Optional<GroupSummary.Tested> tested(GroupResult result, PruningRate rate) {
    if (result.plain().isEmpty() || result.pruned().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new GroupSummary.Tested(
            score(result.plain().get()),
            score(result.pruned().get()),
            rate.isZero() ? Optional.empty() : result.comparison(),
            OptionalDouble.empty()));
  }

  /** A cell's score. */
  static Score score(Cell cell) {
    return cell.figures();
  }
}
