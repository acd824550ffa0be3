package rankine.engine.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.stats.BestCandidates;
import rankine.engine.sweep.CandidateRates;
import rankine.engine.sweep.CellEvaluator;
import rankine.engine.sweep.CostCount;
import rankine.engine.sweep.EvaluationRecord;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.SweepListener;

/**
 * Forward greedy search over several edits. Each step evaluates every rate of every layer and
 * module on validation, on top of the edits kept so far, and keeps the best; the next step searches
 * the matrices not edited yet. The search ends when no candidate scores higher. Every set of edits
 * is made from the original weights; only the last one is evaluated on the test split.
 *
 * <p>Ties go to the smaller rate, then the deeper layer, then the module named first.
 */
public final class GreedySearch {

  /**
   * Search space and objective.
   *
   * @param layers candidates, each on its own: {@code -1} is all of them, {@code auto} the guide's
   *     choice for each module
   * @param modules candidates; they may overlap, no matrix is edited twice
   * @param rates candidates; rate 0 is the current model and is dropped
   * @param plan method and factored mode; its edits are ignored
   * @param steps maximum number of edits, at least 1
   */
  public record GreedyRequest(
      SearchObjective objective,
      LayerSelection layers,
      List<ModuleSelection> modules,
      List<PruningRate> rates,
      EditPlan plan,
      int steps) {

    /**
     * Sorts the rates and drops 0; with the randomized method they share a sketch. Refuses an empty
     * list of other rates, and a module given twice.
     */
    public GreedyRequest {
      rates = CandidateRates.withZero(rates).stream().filter(rate -> !rate.isZero()).toList();
      modules = List.copyOf(modules);
      if (rates.isEmpty()) {
        throw new EditException("rates: expected one above 0, found none");
      }
      if (new HashSet<>(modules).size() < modules.size()) {
        throw new EditException("module: expected each once, found one twice");
      }
      if (steps < 1) {
        throw new EditException("steps: expected at least 1, found " + steps);
      }
      plan = plan.withSharedSketch(rates.getFirst());
    }

    /**
     * Counts what all steps cost; the search may end after fewer. Each target is decomposed once,
     * in the first step.
     *
     * @throws EditException for a layer or module that the model does not have
     * @throws rankine.common.TaskException for a fault in the data
     */
    public GridCost cost(LoadedModel loaded) {
      CostCount count = new CostCount(loaded);
      List<PruningRate> withZero = CandidateRates.withZero(rates);
      if (layers instanceof LayerSelection.Auto) {
        modules.forEach(m -> count.addGuided(m, plan.method(), withZero));
      }
      for (int layer : layers.of(loaded.model().layers().size())) {
        modules.forEach(m -> count.add(new LayerTarget(layer, m), plan.method(), withZero));
      }
      count.add(objective.data(), objective.seeds());
      return count.cost(rates.size()).repeated(steps);
    }
  }

  /** A layer and module that may be edited. */
  record GreedyTarget(int layer, ModuleSelection modules) {
    Edit edit(PruningRate rate) {
      return new Edit(layer, modules, rate);
    }

    Set<String> matrices(Model model) {
      return EditOverlay.check(model, List.of(edit(PruningRate.ZERO))).keySet();
    }
  }

  private final LoadedModel loaded;
  private final GreedyRequest request;
  private final CellEvaluator evaluator;
  private final SweepListener listener;
  private final List<LayerGuide> guides;
  private final List<GreedyTarget> targets;
  private final List<Integer> stepNumbers = new ArrayList<>();
  private final List<Edit> triedEdits = new ArrayList<>();
  private final List<List<SeedValidation>> validations = new ArrayList<>();

  private GreedySearch(
      LoadedModel loaded,
      GreedyRequest request,
      List<LayerGuide> guides,
      List<GreedyTarget> targets,
      CellEvaluator evaluator,
      SweepListener listener) {
    this.loaded = loaded;
    this.request = request;
    this.guides = guides;
    this.targets = targets;
    this.evaluator = evaluator;
    this.listener = listener;
  }

  /** Runs the search on an unedited model. */
  public static GreedyResult run(
      LoadedModel loaded, GreedyRequest request, SweepListener listener) {
    List<LayerGuide> guides = new ArrayList<>();
    if (request.layers instanceof LayerSelection.Auto) {
      request.modules.forEach(m -> guides.add(LayerGuide.of(loaded, m, listener)));
    }
    List<GreedyTarget> targets = targets(loaded.model(), request, guides);
    List<Edit> expected =
        targets.stream().map(target -> target.edit(request.rates.getLast())).toList();
    try (CellEvaluator evaluator = new CellEvaluator(loaded, expected)) {
      return new GreedySearch(loaded, request, guides, targets, evaluator, listener).run();
    }
  }

  private GreedyResult run() {
    List<Long> seeds = request.objective.seeds();
    List<EvaluationRecord> plain = evaluate("plain", List.of(), EvaluationSplit.VALIDATION);
    List<SeedValidation> plainValidation = SeedValidation.plain(seeds, plain);
    double score = SeedValidation.score(plainValidation);
    List<Edit> kept = new ArrayList<>();
    List<GreedyResult.GreedyStep> steps = new ArrayList<>();
    GreedyResult.StopReason stop = GreedyResult.StopReason.STEPS;
    while (steps.size() < request.steps) {
      int from = triedEdits.size();
      tryEach(kept, steps.size() + 1, plain);
      if (triedEdits.size() == from) {
        stop = GreedyResult.StopReason.NOTHING_LEFT;
        break;
      }
      double[] scores =
          validations.subList(from, validations.size()).stream()
              .mapToDouble(SeedValidation::score)
              .toArray();
      List<Integer> best = BestCandidates.best(scores);
      if (!BestCandidates.better(scores[best.getFirst()], score)) {
        stop = GreedyResult.StopReason.NO_BETTER;
        break;
      }
      int index = from + best.getFirst();
      score = scores[best.getFirst()];
      kept.add(triedEdits.get(index));
      List<Edit> ties = best.stream().skip(1).map(i -> triedEdits.get(from + i)).toList();
      Edit added = triedEdits.get(index);
      steps.add(new GreedyResult.GreedyStep(added, ranks(added), validations.get(index), ties));
    }
    List<EvaluationRecord> plainTest = evaluate("plain", List.of(), EvaluationSplit.TEST);
    List<EvaluationRecord> prunedTest =
        kept.isEmpty() ? plainTest : evaluate(kept.size() + " edits", kept, EvaluationSplit.TEST);
    return new GreedyResult(
        request,
        guides,
        Math.toIntExact(targets.stream().mapToInt(GreedyTarget::layer).distinct().count()),
        plainValidation,
        steps,
        stop,
        candidates(),
        SeedTests.of(seeds, plainTest, prunedTest),
        notes());
  }

  /** What is said of all candidates, which share decompositions: those of the smallest rate. */
  private List<String> notes() {
    Set<String> exact = new LinkedHashSet<>();
    for (GreedyTarget target : targets) {
      exact.addAll(
          request
              .plan
              .withEdits(List.of(target.edit(request.rates.getFirst())))
              .decomposedExactly(loaded.original()));
    }
    return EditPlan.notes(exact);
  }

  /**
   * Evaluates the model with {@code edits}, for every seed.
   *
   * @param name of the edits, for display
   */
  private List<EvaluationRecord> evaluate(String name, List<Edit> edits, EvaluationSplit split) {
    SearchObjective objective = request.objective;
    LoadedModel edited = loaded.edited(request.plan.withEdits(edits));
    List<EvaluationRecord> records = new ArrayList<>();
    for (long seed : objective.seeds()) {
      String which = objective.seeds().size() == 1 ? "" : ", seed " + seed;
      listener.begin(split.label() + " " + name + which);
      try {
        records.add(evaluator.evaluate(edited, objective.data(), split, seed, listener));
      } finally {
        listener.end();
      }
    }
    return records;
  }

  /**
   * Evaluates every candidate on top of the edits kept, in ascending order of their first changed
   * operation.
   */
  private void tryEach(List<Edit> kept, int step, List<EvaluationRecord> plain) {
    List<GreedyTarget> remaining = remaining(kept);
    List<Edit> candidates =
        request.rates.stream()
            .flatMap(rate -> remaining.stream().map(target -> target.edit(rate)))
            .toList();
    Map<Edit, List<SeedValidation>> evaluated = new HashMap<>();
    candidates.stream()
        .sorted(Comparator.comparingInt(edit -> evaluator.firstChangedOp(with(kept, edit))))
        .forEach(
            edit -> {
              String name = "step %d, %s".formatted(step, edit);
              List<EvaluationRecord> variant =
                  evaluate(name, with(kept, edit), EvaluationSplit.VALIDATION);
              List<Long> seeds = request.objective.seeds();
              evaluated.put(edit, SeedValidation.compared(seeds, variant, plain));
            });
    for (Edit edit : candidates) {
      stepNumbers.add(step);
      triedEdits.add(edit);
      validations.add(evaluated.get(edit));
    }
  }

  private static List<Edit> with(List<Edit> kept, Edit edit) {
    List<Edit> edits = new ArrayList<>(kept);
    edits.add(edit);
    return edits;
  }

  /** The targets that share no matrix with the edits kept. */
  private List<GreedyTarget> remaining(List<Edit> kept) {
    Set<String> edited = EditOverlay.check(loaded.model(), kept).keySet();
    return targets.stream()
        .filter(target -> target.matrices(loaded.model()).stream().noneMatch(edited::contains))
        .toList();
  }

  /** The targets, deepest layer first; checks that the model has them all. */
  static List<GreedyTarget> targets(Model model, GreedyRequest request, List<LayerGuide> guides) {
    List<GreedyTarget> targets = new ArrayList<>();
    guides.stream()
        .sorted(Comparator.comparingInt(LayerGuide::chosen).reversed())
        .forEach(guide -> targets.add(new GreedyTarget(guide.chosen(), guide.modules())));
    for (int layer : request.layers.of(model.layers().size()).reversed()) {
      request.modules.forEach(m -> targets.add(new GreedyTarget(layer, m)));
    }
    targets.forEach(target -> target.matrices(model));
    return targets;
  }

  private List<GreedyResult.GreedyCandidate> candidates() {
    List<List<SeedValidation>> corrected = SeedValidation.corrected(validations);
    List<GreedyResult.GreedyCandidate> candidates = new ArrayList<>();
    for (int i = 0; i < corrected.size(); i++) {
      candidates.add(
          new GreedyResult.GreedyCandidate(
              stepNumbers.get(i), triedEdits.get(i), ranks(triedEdits.get(i)), corrected.get(i)));
    }
    return candidates;
  }

  private List<Integer> ranks(Edit edit) {
    return edit.ranks(loaded.original(), request.plan.method());
  }
}
