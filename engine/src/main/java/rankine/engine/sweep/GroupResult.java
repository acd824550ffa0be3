package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.RunComparison;

/**
 * State and result of one group, the cells of one search key: Algorithm 1 of arXiv 2406.03768 for
 * one benchmark, seed and target.
 *
 * @param rates all candidates, ascending; the first is 0
 * @param validation the finished cells; rate 0 is the unedited model's
 * @param test likewise
 * @param best the rates with the highest validation score, ascending. Empty until every rate is
 *     evaluated
 * @param chosen the smallest of them; absent until every rate is evaluated
 * @param missing the cells to evaluate; before a rate is chosen, without those on test unless every
 *     rate is tested
 */
public record GroupResult(
    SearchKey key,
    List<PruningRate> rates,
    NavigableMap<PruningRate, Cell> validation,
    NavigableMap<PruningRate, Cell> test,
    List<PruningRate> best,
    Optional<PruningRate> chosen,
    List<CellKey> missing) {

  /** Copies the collections. */
  public GroupResult {
    rates = List.copyOf(rates);
    validation = Collections.unmodifiableNavigableMap(new TreeMap<>(validation));
    test = Collections.unmodifiableNavigableMap(new TreeMap<>(test));
    best = List.copyOf(best);
    missing = List.copyOf(missing);
  }

  /** Collects the cells of a search key, which chooses the best rate by itself. */
  static GroupResult of(
      Map<CellKey, Cell> cells, TestCells tests, SearchKey key, Collection<PruningRate> rates) {
    List<CellKey> missing = new ArrayList<>();
    NavigableMap<PruningRate, Cell> validation =
        find(cells, key, rates, EvaluationSplit.VALIDATION, missing);
    List<PruningRate> best =
        missing.isEmpty()
            ? RateRule.best(
                    validation.values().stream().map(cell -> List.of(cell.evaluation())).toList())
                .stream()
                .map(List.copyOf(validation.keySet())::get)
                .toList()
            : List.of();
    Optional<PruningRate> choice = best.stream().findFirst();
    Collection<PruningRate> testRates =
        switch (tests) {
          case ALL -> rates;
          case CHOSEN -> choice.map(GroupResult::testRatesOf).orElse(List.of());
        };
    find(cells, key, testRates, EvaluationSplit.TEST, missing);
    return new GroupResult(
        key,
        List.copyOf(rates),
        validation,
        find(cells, key, rates, EvaluationSplit.TEST, new ArrayList<>()),
        best,
        choice,
        missing);
  }

  private static List<PruningRate> testRatesOf(PruningRate chosen) {
    return chosen.isZero() ? List.of(chosen) : List.of(PruningRate.ZERO, chosen);
  }

  private static NavigableMap<PruningRate, Cell> find(
      Map<CellKey, Cell> cells,
      SearchKey key,
      Collection<PruningRate> rates,
      EvaluationSplit split,
      List<CellKey> missing) {
    NavigableMap<PruningRate, Cell> found = new TreeMap<>();
    for (PruningRate rate : rates) {
      CellKey cellKey = key.cell(rate, split);
      Cell cell = cells.get(cellKey);
      if (cell == null) {
        missing.add(cellKey);
      } else {
        found.put(rate, cell);
      }
    }
    return found;
  }

  /** Returns whether every cell is finished. */
  public boolean isComplete() {
    return missing.isEmpty() && chosen.isPresent();
  }

  /** Returns whether {@code rate} is the chosen one. */
  boolean isChosen(PruningRate rate) {
    return chosen.filter(rate::equals).isPresent();
  }

  /** The unedited model on test, if finished. */
  public Optional<Cell> plain() {
    return Optional.ofNullable(test.get(PruningRate.ZERO));
  }

  /** The chosen rate on test, if finished; the unedited model's cell if that is the choice. */
  public Optional<Cell> pruned() {
    return chosen.map(test::get);
  }

  /**
   * Compares the chosen rate with the unedited model on test, pair by pair, if both are finished.
   */
  public Optional<RunComparison> comparison() {
    return plain()
        .flatMap(
            plain ->
                pruned()
                    .map(
                        pruned ->
                            EvaluationRecord.compared(
                                plain.evaluation(), pruned.evaluation(), key.seed())));
  }
}
