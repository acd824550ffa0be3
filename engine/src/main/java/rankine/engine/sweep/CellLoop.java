package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;

/**
 * Evaluates the missing cells of groups, as Algorithm 1 needs them: for each search key every rate
 * on validation, then the chosen one on test, and the unedited model on both. Targets run one after
 * the other, in ascending order of their first changed operation. So the decompositions of a matrix
 * serve all rates, benchmarks and seeds before the next matrix is decomposed, each rate's model is
 * built once for all of them, and no operation before a target runs twice.
 */
final class CellLoop {

  /** Where finished cells are kept: in memory or in a run folder. */
  interface CellStore {
    /** The cells that are finished. */
    Map<CellKey, Cell> cells();

    /** Keeps a cell. */
    void add(Cell cell);

    /** The cells of a target come next. */
    default void begin(EditTarget target) {}

    /** What a benchmark is evaluated on. */
    BenchmarkData data(Benchmark benchmark);
  }

  private final LoadedModel loaded;
  private final Function<EditTarget, List<PruningRate>> rates;
  private final List<SearchKey> keys;
  private final EditedModels models;
  private final CellStore store;
  private final SweepListener listener;
  private final CellEvaluator evaluator;

  /**
   * @param rates of a target, ascending; the first is 0
   * @param keys of the groups
   * @param models of the targets; they may serve other loops too
   * @param evaluator as {@link #evaluator} makes it; it may serve other loops too
   */
  CellLoop(
      LoadedModel loaded,
      Function<EditTarget, List<PruningRate>> rates,
      List<SearchKey> keys,
      EditedModels models,
      CellStore store,
      SweepListener listener,
      CellEvaluator evaluator) {
    this.loaded = loaded;
    this.rates = rates;
    this.keys = keys;
    this.models = models;
    this.store = store;
    this.listener = listener;
    this.evaluator = evaluator;
  }

  /** Creates an evaluator for the edits of search keys. */
  static CellEvaluator evaluator(
      LoadedModel loaded,
      List<SearchKey> keys,
      Function<EditTarget, List<PruningRate>> rates,
      TargetPlans plans) {
    return new CellEvaluator(
        loaded,
        keys.stream()
            .map(SearchKey::target)
            .distinct()
            .flatMap(target -> plans.edits(loaded, target, rates.apply(target).getLast()).stream())
            .toList());
  }

  private List<Edit> highest(EditTarget target) {
    return models.edits(target, rates.apply(target).getLast());
  }

  /** Evaluates every missing cell of a sweep, in which each search key chooses by itself. */
  void run(TestCells tests) {
    plain();
    byTarget()
        .forEach(
            (target, all) -> {
              validate(target, all, tests);
              for (PruningRate rate : nonzero(target)) {
                List<SearchKey> chose =
                    all.stream()
                        .filter(
                            key ->
                                GroupResult.of(store.cells(), tests, key, rates.apply(target))
                                    .isChosen(rate))
                        .toList();
                test(target, rate, chose);
              }
            });
  }

  /** Evaluates the unedited model on both splits. */
  void plain() {
    for (SearchKey key : keys) {
      evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.VALIDATION));
      evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.TEST));
    }
  }

  /** The search keys of each target, in ascending order of the first changed operation. */
  Map<EditTarget, List<SearchKey>> byTarget() {
    Map<EditTarget, List<SearchKey>> byTarget = new LinkedHashMap<>();
    keys.stream()
        .sorted(Comparator.comparingInt(key -> evaluator.firstChangedOp(highest(key.target()))))
        .forEach(key -> byTarget.computeIfAbsent(key.target(), _ -> new ArrayList<>()).add(key));
    return byTarget;
  }

  /**
   * Evaluates every rate of a target on validation.
   *
   * @param tests whether on test too
   */
  void validate(EditTarget target, List<SearchKey> all, TestCells tests) {
    store.begin(target);
    for (PruningRate rate : nonzero(target)) {
      List<CellKey> cells = new ArrayList<>();
      all.forEach(key -> cells.add(key.cell(rate, EvaluationSplit.VALIDATION)));
      if (tests == TestCells.ALL) {
        all.forEach(key -> cells.add(key.cell(rate, EvaluationSplit.TEST)));
      }
      evaluate(target, rate, cells);
    }
  }

  /** Evaluates a rate of a target, above 0, on test. */
  void test(EditTarget target, PruningRate rate, List<SearchKey> all) {
    evaluate(target, rate, all.stream().map(key -> key.cell(rate, EvaluationSplit.TEST)).toList());
  }

  private List<PruningRate> nonzero(EditTarget target) {
    List<PruningRate> candidates = rates.apply(target);
    return candidates.subList(1, candidates.size());
  }

  /** Builds the model only if a cell is missing. */
  private void evaluate(EditTarget target, PruningRate rate, List<CellKey> cells) {
    if (store.cells().keySet().containsAll(cells)) {
      return;
    }
    LoadedModel variant = models.of(target, rate, listener);
    cells.forEach(key -> evaluate(variant, key));
  }

  private void evaluate(LoadedModel variant, CellKey key) {
    if (store.cells().containsKey(key)) {
      return;
    }
    store.add(evaluator.cell(variant, key, store.data(key.benchmark()), listener));
  }
}
