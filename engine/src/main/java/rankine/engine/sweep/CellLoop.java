package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import rankine.engine.edit.EditRanks;
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
  private final TargetPlans plans;
  private final TestCells tests;
  private final RateRule rule;
  private final CellStore store;
  private final SweepListener listener;
  private final Collection<List<SearchKey>> choosers;
  private final CellEvaluator evaluator;

  /**
   * @param rates of a target, ascending; the first is 0
   * @param choosers the search keys in lists that choose a rate together
   * @param evaluator as {@link #evaluator} makes it; it may serve other loops too
   */
  CellLoop(
      LoadedModel loaded,
      Function<EditTarget, List<PruningRate>> rates,
      Collection<List<SearchKey>> choosers,
      TargetPlans plans,
      TestCells tests,
      RateRule rule,
      CellStore store,
      SweepListener listener,
      CellEvaluator evaluator) {
    this.loaded = loaded;
    this.rates = rates;
    this.choosers = choosers;
    this.plans = plans;
    this.tests = tests;
    this.rule = rule;
    this.store = store;
    this.listener = listener;
    this.evaluator = evaluator;
  }

  /** Creates an evaluator for the edits of search keys. */
  static CellEvaluator evaluator(
      LoadedModel loaded,
      Collection<SearchKey> keys,
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

  /** Evaluates every missing cell, on an unedited model. */
  void run() {
    runPlain();
    byTarget().forEach(this::run);
  }

  /** Evaluates the missing cells of the unedited model. */
  void runPlain() {
    choosers.stream()
        .flatMap(List::stream)
        .forEach(
            key -> {
              evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.VALIDATION));
              evaluate(loaded, key.cell(PruningRate.ZERO, EvaluationSplit.TEST));
            });
  }

  /** The lists of search keys of all tasks and seeds by target, in {@link #ascending} order. */
  private Map<EditTarget, List<List<SearchKey>>> byTarget() {
    Map<EditTarget, List<List<SearchKey>>> byTarget = new LinkedHashMap<>();
    ascending(
            loaded,
            choosers.stream().map(keys -> keys.getFirst().target()).toList(),
            rates,
            plans,
            evaluator)
        .forEach(target -> byTarget.put(target, new ArrayList<>()));
    choosers.forEach(keys -> byTarget.get(keys.getFirst().target()).add(keys));
    return byTarget;
  }

  /** Returns the different targets in ascending order of their first changed operation. */
  static List<EditTarget> ascending(
      LoadedModel loaded,
      List<EditTarget> targets,
      Function<EditTarget, List<PruningRate>> rates,
      TargetPlans plans,
      CellEvaluator evaluator) {
    return targets.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt(
                target ->
                    evaluator.firstChangedOp(
                        plans.edits(loaded, target, rates.apply(target).getLast()))))
        .toList();
  }

  private void run(EditTarget target, List<List<SearchKey>> choosersOfTarget) {
    store.begin(target);
    List<SearchKey> all = choosersOfTarget.stream().flatMap(List::stream).toList();
    List<PruningRate> candidates = rates.apply(target);
    List<PruningRate> nonzero = candidates.subList(1, candidates.size());
    for (PruningRate rate : nonzero) {
      List<CellKey> keys = new ArrayList<>();
      all.forEach(key -> keys.add(key.cell(rate, EvaluationSplit.VALIDATION)));
      if (tests == TestCells.ALL) {
        all.forEach(key -> keys.add(key.cell(rate, EvaluationSplit.TEST)));
      }
      evaluate(target, rate, keys);
    }
    List<GroupResult> decided =
        choosersOfTarget.stream()
            .flatMap(
                keys -> GroupResult.together(store.cells(), tests, rule, keys, candidates).stream())
            .toList();
    for (PruningRate rate : nonzero) {
      evaluate(
          target,
          rate,
          decided.stream()
              .filter(group -> group.isChosen(rate))
              .map(group -> group.key().cell(rate, EvaluationSplit.TEST))
              .toList());
    }
  }

  /** Builds the model only if a cell is missing. */
  private void evaluate(EditTarget target, PruningRate rate, List<CellKey> keys) {
    if (store.cells().keySet().containsAll(keys)) {
      return;
    }
    LoadedModel variant = plans.edited(loaded, target, rate, listener);
    keys.forEach(key -> evaluate(variant, key));
  }

  private void evaluate(LoadedModel variant, CellKey key) {
    if (store.cells().containsKey(key)) {
      return;
    }
    long start = System.nanoTime();
    EvaluationRecord record;
    listener.begin(key.toString());
    try {
      record =
          evaluator.evaluate(
              variant, store.data(key.benchmark()), key.split(), key.seed(), listener);
    } finally {
      listener.end();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    loaded.checkpoint().checkUnchanged();
    List<Integer> ranks = EditRanks.of(loaded.original(), variant.edits());
    OptionalDouble removed =
        key.target().filter(ModelTarget.class::isInstance).isPresent()
            ? variant.edits().removed(loaded.original())
            : OptionalDouble.empty();
    store.add(new Cell(key, record, ranks, removed, seconds));
  }
}
