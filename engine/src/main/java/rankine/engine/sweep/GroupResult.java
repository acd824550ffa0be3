package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.search.BestCandidates;
import rankine.engine.stats.PairedComparison;

/**
 * How far a group is, and what came out: Algorithm 1 of arXiv 2406.03768 for one task, seed, layer
 * and module.
 *
 * @param rates all candidates, ascending; the first is 0
 * @param validation the cells that are there; that of rate 0 is the plain model's
 * @param test as {@code validation}
 * @param best the rates with the highest score on validation, ascending: the first is the one
 *     chosen. Empty until every rate is there
 * @param missing the cells still to be run; without those on test while nothing is chosen
 */
public record GroupResult(
    SearchKey group,
    List<PruningRate> rates,
    NavigableMap<PruningRate, Cell> validation,
    NavigableMap<PruningRate, Cell> test,
    List<PruningRate> best,
    List<CellKey> missing) {

  /** Copies the collections. */
  public GroupResult {
    rates = List.copyOf(rates);
    validation = Collections.unmodifiableNavigableMap(new TreeMap<>(validation));
    test = Collections.unmodifiableNavigableMap(new TreeMap<>(test));
    best = List.copyOf(best);
    missing = List.copyOf(missing);
  }

  /** What {@code run} has of a group. */
  static GroupResult of(SweepRun run, SearchKey group, Collection<PruningRate> rates) {
    List<CellKey> missing = new ArrayList<>();
    NavigableMap<PruningRate, Cell> validation =
        find(run, group, rates, EvaluationSplit.VALIDATION, missing);
    List<PruningRate> best = missing.isEmpty() ? best(validation) : List.of();
    Collection<PruningRate> wanted =
        switch (run.identity().test()) {
          case ALL -> rates;
          case CHOSEN -> best.isEmpty() ? List.of() : tested(best.getFirst());
        };
    find(run, group, wanted, EvaluationSplit.TEST, missing);
    NavigableMap<PruningRate, Cell> test =
        find(run, group, rates, EvaluationSplit.TEST, new ArrayList<>());
    return new GroupResult(group, List.copyOf(rates), validation, test, best, missing);
  }

  private static List<PruningRate> tested(PruningRate chosen) {
    return chosen.isZero() ? List.of(chosen) : List.of(PruningRate.ZERO, chosen);
  }

  private static NavigableMap<PruningRate, Cell> find(
      SweepRun run,
      SearchKey group,
      Collection<PruningRate> rates,
      EvaluationSplit part,
      List<CellKey> missing) {
    NavigableMap<PruningRate, Cell> found = new TreeMap<>();
    for (PruningRate rate : rates) {
      CellKey key = group.cell(rate, part);
      Cell cell = run.cells().get(key);
      if (cell == null) {
        missing.add(key);
      } else {
        found.put(rate, cell);
      }
    }
    return found;
  }

  private static List<PruningRate> best(NavigableMap<PruningRate, Cell> validation) {
    List<PruningRate> rates = List.copyOf(validation.keySet());
    return BestCandidates.best(validation.values().stream().mapToDouble(Cell::score).toArray())
        .stream()
        .map(rates::get)
        .toList();
  }

  /** Whether nothing is missing. */
  public boolean isComplete() {
    return missing.isEmpty() && !best.isEmpty();
  }

  /** The rate with the highest score on validation; of equals the smallest. */
  public Optional<PruningRate> chosen() {
    return best.stream().findFirst();
  }

  /** Whether {@code rate} is the one chosen. */
  boolean chosenIs(PruningRate rate) {
    return chosen().filter(rate::equals).isPresent();
  }

  /** The plain model on test, once it is there. */
  public Optional<Cell> plain() {
    return Optional.ofNullable(test.get(PruningRate.ZERO));
  }

  /** The chosen rate on test, once it is there; the plain model where that is the choice. */
  public Optional<Cell> pruned() {
    return chosen().map(test::get);
  }

  /** The chosen rate against the plain model on test, example by example, once both are there. */
  public Optional<PairedComparison> comparison() {
    return plain()
        .flatMap(
            plain ->
                pruned()
                    .map(
                        pruned ->
                            PairedComparison.of(
                                plain.outcomes(), pruned.outcomes(), group.seed())));
  }
}
