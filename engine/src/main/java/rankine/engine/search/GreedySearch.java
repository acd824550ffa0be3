package rankine.engine.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.run.LoadedModel;

/**
 * Several edits, one after the other: of every rate of every layer and module the one that is best
 * on validation is kept, then the next is looked for among the matrices that are left, as long as
 * one is better than what there is. Every set of edits is made from the original weights; the test
 * part sees the last one only.
 *
 * <p>Of equals the smaller rate is taken, then the deeper layer, then the module named first.
 */
public final class GreedySearch {

  /**
   * What to search.
   *
   * @param layers candidates, each on its own: {@code -1} is all of them, {@code auto} the guide's
   *     choice for each module
   * @param modules candidates; they may overlap, no matrix is edited twice
   * @param rates candidates; 0 is what there is
   * @param steps edits at most, at least 1
   */
  public record GreedyRequest(
      SearchObjective task,
      LayerSelection layers,
      List<ModuleSelection> modules,
      List<PruningRate> rates,
      int steps) {

    /** Sorts the rates and leaves out 0; refuses to have no other, or a module twice. */
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
  private final VariantRunner variants;
  private final List<LayerGuide> guides;
  private final List<GreedyTarget> places;
  private final List<Integer> stepOf = new ArrayList<>();
  private final List<Edit> tried = new ArrayList<>();
  private final List<List<SeedValidation>> found = new ArrayList<>();

  private GreedySearch(
      LoadedModel loaded,
      GreedyRequest request,
      List<LayerGuide> guides,
      List<GreedyTarget> places,
      VariantRunner variants) {
    this.loaded = loaded;
    this.request = request;
    this.guides = guides;
    this.places = places;
    this.variants = variants;
  }

  /** Runs the search on an unedited model. */
  public static GreedyResult run(
      LoadedModel loaded, GreedyRequest request, SearchListener listener) {
    List<LayerGuide> guides = new ArrayList<>();
    if (request.layers instanceof LayerSelection.Auto) {
      request.modules.forEach(m -> guides.add(LayerGuide.of(loaded, m, listener)));
    }
    List<GreedyTarget> places = places(loaded.model(), request, guides);
    List<Edit> expected =
        places.stream().map(place -> place.edit(request.rates.getLast())).toList();
    try (VariantRunner variants = new VariantRunner(loaded, request.task, expected, listener)) {
      return new GreedySearch(loaded, request, guides, places, variants).run();
    }
  }

  private GreedyResult run() {
    VariantResults plain = variants.evaluate("plain", List.of(), EvaluationSplit.VALIDATION);
    double score = SeedValidation.score(SeedValidation.plain(plain));
    List<Edit> kept = new ArrayList<>();
    List<GreedyResult.GreedyStep> steps = new ArrayList<>();
    GreedyResult.StopReason stop = GreedyResult.StopReason.STEPS;
    while (steps.size() < request.steps) {
      int from = tried.size();
      tryEach(kept, steps.size() + 1, plain);
      if (tried.size() == from) {
        stop = GreedyResult.StopReason.NOTHING_LEFT;
        break;
      }
      double[] scores =
          found.subList(from, found.size()).stream().mapToDouble(SeedValidation::score).toArray();
      List<Integer> best = BestCandidates.best(scores);
      if (!BestCandidates.better(scores[best.getFirst()], score)) {
        stop = GreedyResult.StopReason.NO_BETTER;
        break;
      }
      int index = from + best.getFirst();
      score = scores[best.getFirst()];
      kept.add(tried.get(index));
      List<Edit> ties = best.stream().skip(1).map(i -> tried.get(from + i)).toList();
      steps.add(new GreedyResult.GreedyStep(tried.get(index), found.get(index), ties));
    }
    return new GreedyResult(
        request,
        guides,
        Math.toIntExact(places.stream().mapToInt(GreedyTarget::layer).distinct().count()),
        SeedValidation.plain(plain),
        steps,
        stop,
        candidates(),
        SeedTests.of(variants, kept.size() + " edits", kept));
  }

  /** Evaluates every candidate beside the edits that are kept, the lowest first. */
  private void tryEach(List<Edit> kept, int step, VariantResults plain) {
    List<GreedyTarget> left = left(kept);
    List<Edit> candidates =
        request.rates.stream()
            .flatMap(rate -> left.stream().map(place -> place.edit(rate)))
            .toList();
    Map<Edit, List<SeedValidation>> evaluated = new HashMap<>();
    candidates.stream()
        .sorted(Comparator.comparingInt(edit -> variants.place(with(kept, edit))))
        .forEach(
            edit -> {
              String name = "step %d, %s".formatted(step, edit);
              VariantResults variant =
                  variants.evaluate(name, with(kept, edit), EvaluationSplit.VALIDATION);
              evaluated.put(edit, SeedValidation.compared(variant, plain));
            });
    for (Edit edit : candidates) {
      stepOf.add(step);
      tried.add(edit);
      found.add(evaluated.get(edit));
    }
  }

  private static List<Edit> with(List<Edit> kept, Edit edit) {
    List<Edit> edits = new ArrayList<>(kept);
    edits.add(edit);
    return edits;
  }

  /** The places without a matrix that is edited already. */
  private List<GreedyTarget> left(List<Edit> kept) {
    Set<String> edited = EditOverlay.check(loaded.model(), kept).keySet();
    return places.stream()
        .filter(p -> p.matrices(loaded.model()).stream().noneMatch(edited::contains))
        .toList();
  }

  /** Deepest first; the model is known to have them all. */
  private static List<GreedyTarget> places(
      Model model, GreedyRequest request, List<LayerGuide> guides) {
    List<GreedyTarget> places = new ArrayList<>();
    guides.forEach(guide -> places.add(new GreedyTarget(guide.chosen(), guide.modules())));
    for (int layer : request.layers.of(model.layers().size()).reversed()) {
      request.modules.forEach(m -> places.add(new GreedyTarget(layer, m)));
    }
    places.forEach(place -> place.matrices(model));
    return places;
  }

  private List<GreedyResult.GreedyCandidate> candidates() {
    List<List<SeedValidation>> corrected = SeedValidation.corrected(found);
    List<GreedyResult.GreedyCandidate> candidates = new ArrayList<>();
    for (int i = 0; i < corrected.size(); i++) {
      candidates.add(
          new GreedyResult.GreedyCandidate(stepOf.get(i), tried.get(i), corrected.get(i)));
    }
    return candidates;
  }
}
