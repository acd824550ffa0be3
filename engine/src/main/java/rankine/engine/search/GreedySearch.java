package rankine.engine.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditException;
import rankine.engine.edit.Edits;
import rankine.engine.edit.Modules;
import rankine.engine.icl.Part;
import rankine.engine.lowrank.ClippingRate;
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
  public record Request(
      SearchTask task,
      LayerSelection layers,
      List<Modules> modules,
      List<ClippingRate> rates,
      int steps) {

    /** Sorts the rates and leaves out 0; refuses to have no other, or a module twice. */
    public Request {
      rates = Rates.withZero(rates).stream().filter(rate -> !rate.isZero()).toList();
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
  record Place(int layer, Modules modules) {
    Edit edit(ClippingRate rate) {
      return new Edit(layer, modules, rate);
    }

    Set<String> matrices(Model model) {
      return Edits.check(model, List.of(edit(ClippingRate.ZERO))).keySet();
    }
  }

  private final LoadedModel loaded;
  private final Request request;
  private final Variants variants;
  private final List<LayerGuide> guides = new ArrayList<>();
  private final List<Integer> stepOf = new ArrayList<>();
  private final List<Edit> tried = new ArrayList<>();
  private final List<List<OnSeed>> found = new ArrayList<>();

  private GreedySearch(LoadedModel loaded, Request request, SearchListener listener) {
    this.loaded = loaded;
    this.request = request;
    this.variants = new Variants(loaded, request.task, listener);
    if (request.layers instanceof LayerSelection.Auto) {
      request.modules.forEach(m -> guides.add(LayerGuide.of(loaded, m, listener)));
    }
  }

  /** Runs the search on an unedited model. */
  public static GreedyResult run(LoadedModel loaded, Request request, SearchListener listener) {
    return new GreedySearch(loaded, request, listener).run();
  }

  private GreedyResult run() {
    List<Place> places = places();
    Variant plain = variants.evaluate("plain", List.of(), Part.VALIDATION);
    double score = OnSeed.score(OnSeed.plain(plain));
    List<Edit> kept = new ArrayList<>();
    List<GreedyResult.Step> steps = new ArrayList<>();
    GreedyResult.Stop stop = GreedyResult.Stop.STEPS;
    while (steps.size() < request.steps) {
      int from = tried.size();
      tryEach(places, kept, steps.size() + 1, plain);
      if (tried.size() == from) {
        stop = GreedyResult.Stop.NOTHING_LEFT;
        break;
      }
      double[] scores =
          found.subList(from, found.size()).stream().mapToDouble(OnSeed::score).toArray();
      List<Integer> best = Choice.best(scores);
      if (!Choice.better(scores[best.getFirst()], score)) {
        stop = GreedyResult.Stop.NO_BETTER;
        break;
      }
      int index = from + best.getFirst();
      score = scores[best.getFirst()];
      kept.add(tried.get(index));
      List<Edit> ties = best.stream().skip(1).map(i -> tried.get(from + i)).toList();
      steps.add(new GreedyResult.Step(tried.get(index), found.get(index), ties));
    }
    return new GreedyResult(
        request,
        guides,
        Math.toIntExact(places.stream().mapToInt(Place::layer).distinct().count()),
        OnSeed.plain(plain),
        steps,
        stop,
        candidates(),
        SeedTests.of(variants, kept.size() + " edits", kept));
  }

  /** Evaluates every candidate beside the edits that are kept. */
  private void tryEach(List<Place> places, List<Edit> kept, int step, Variant plain) {
    List<Place> left = left(places, kept);
    for (ClippingRate rate : request.rates) {
      for (Place place : left) {
        List<Edit> edits = new ArrayList<>(kept);
        edits.add(place.edit(rate));
        String name = "step %d, %s".formatted(step, place.edit(rate));
        stepOf.add(step);
        tried.add(place.edit(rate));
        found.add(OnSeed.compared(variants.evaluate(name, edits, Part.VALIDATION), plain));
      }
    }
  }

  /** The places without a matrix that is edited already. */
  private List<Place> left(List<Place> places, List<Edit> kept) {
    Set<String> edited = Edits.check(loaded.model(), kept).keySet();
    return places.stream()
        .filter(p -> p.matrices(loaded.model()).stream().noneMatch(edited::contains))
        .toList();
  }

  /** Deepest first; the model is known to have them all. */
  private List<Place> places() {
    List<Place> places = new ArrayList<>();
    guides.forEach(guide -> places.add(new Place(guide.chosen(), guide.modules())));
    for (int layer : request.layers.of(loaded.model().layers().size()).reversed()) {
      request.modules.forEach(m -> places.add(new Place(layer, m)));
    }
    places.forEach(place -> place.matrices(loaded.model()));
    return places;
  }

  private List<GreedyResult.Candidate> candidates() {
    List<List<OnSeed>> corrected = OnSeed.corrected(found);
    List<GreedyResult.Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < corrected.size(); i++) {
      candidates.add(new GreedyResult.Candidate(stepOf.get(i), tried.get(i), corrected.get(i)));
    }
    return candidates;
  }
}
