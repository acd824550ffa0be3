package rankine.engine.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditException;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Edits;
import rankine.engine.edit.Modules;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Part;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.run.EvaluationRun;
import rankine.engine.run.LoadedModel;
import rankine.engine.stats.Holm;
import rankine.engine.stats.Outcome;
import rankine.engine.stats.PairedComparison;

/**
 * Algorithm 1 for one layer and module: evaluate every candidate rate on the validation part, keep
 * the best, report the test part with it and without. Each rate is derived from the original
 * weights, and rate 0 is the untouched model.
 */
public final class RateSearch {

  /**
   * What to search.
   *
   * @param options its part is not looked at: validation chooses, test reports
   * @param layer from 0, or {@link Edit#EVERY_LAYER}
   * @param rates candidates; 0 is always one
   * @param plan method and factors; its edits are not looked at
   */
  public record Request(
      Task task,
      Path data,
      EvaluationOptions options,
      int layer,
      Modules modules,
      List<ClippingRate> rates,
      EditPlan plan) {

    /** Sorts the rates, adds 0, and refuses a rate given twice. */
    public Request {
      List<ClippingRate> sorted = new ArrayList<>(rates);
      sorted.sort(null);
      for (int i = 1; i < sorted.size(); i++) {
        if (sorted.get(i).compareTo(sorted.get(i - 1)) == 0) {
          throw new EditException("rates: expected each once, found " + sorted.get(i) + " twice");
        }
      }
      if (sorted.isEmpty() || !sorted.getFirst().isZero()) {
        sorted.addFirst(ClippingRate.ZERO);
      }
      new Edit(layer, modules, ClippingRate.ZERO); // checks the layer before anything runs
      rates = List.copyOf(sorted);
    }

    Edit edit(ClippingRate rate) {
      return new Edit(layer, modules, rate);
    }
  }

  /** Hears how far the search is. */
  public interface Listener {
    /** An evaluation begins: {@code what} for people, e.g. {@code validation 0.95}. */
    void begin(String what);

    /** So many of so many examples of it are done. */
    void progress(int done, int total);

    /** It has ended. */
    void end();
  }

  private final LoadedModel loaded;
  private final Request request;
  private final Listener listener;

  private RateSearch(LoadedModel loaded, Request request, Listener listener) {
    this.loaded = loaded;
    this.request = request;
    this.listener = listener;
  }

  /** Runs the search on an unedited model. */
  public static SearchResult run(LoadedModel loaded, Request request, Listener listener) {
    return new RateSearch(loaded, request, listener).run();
  }

  private record Evaluated(EvaluationRun run, List<Outcome> outcomes) {}

  private SearchResult run() {
    Edits.check(loaded.model(), List.of(request.edit(request.rates.getLast())));
    List<Evaluated> validation = new ArrayList<>();
    for (ClippingRate rate : request.rates) {
      validation.add(evaluate(rate, Part.VALIDATION));
    }
    List<Integer> best = best(validation);
    ClippingRate chosen = request.rates.get(best.getFirst());
    Evaluated plain = evaluate(ClippingRate.ZERO, Part.TEST);
    Evaluated pruned = chosen.isZero() ? plain : evaluate(chosen, Part.TEST);
    return new SearchResult(
        request,
        candidates(validation),
        chosen,
        best.stream().map(request.rates::get).toList(),
        plain.run,
        pruned.run,
        PairedComparison.of(plain.outcomes, pruned.outcomes, request.options.seed()));
  }

  private Evaluated evaluate(ClippingRate rate, Part part) {
    List<Edit> edits = rate.isZero() ? List.of() : List.of(request.edit(rate));
    LoadedModel variant = loaded.edited(request.plan.withEdits(edits));
    List<Outcome> outcomes = new ArrayList<>();
    EvaluationRun.Request evaluation =
        new EvaluationRun.Request(
            request.task, request.data, request.options.withPart(part), Optional.empty());
    listener.begin(part.label() + " " + rate);
    EvaluationRun run =
        EvaluationRun.of(
            variant,
            evaluation,
            listener::progress,
            prediction -> outcomes.add(outcome(prediction)));
    listener.end();
    return new Evaluated(run, outcomes);
  }

  private static Outcome outcome(Prediction prediction) {
    String example = prediction.file() + ":" + prediction.row();
    return prediction.answer().isPresent()
        ? Outcome.of(example, prediction.correct(), prediction.answer().get().f1())
        : Outcome.of(example, prediction.correct());
  }

  /** The rates with the highest validation score, smallest rate first. */
  private static List<Integer> best(List<Evaluated> validation) {
    double top = validation.stream().mapToDouble(e -> e.run.score()).max().orElseThrow();
    List<Integer> best = new ArrayList<>();
    for (int i = 0; i < validation.size(); i++) {
      if (validation.get(i).run.score() == top) {
        best.add(i);
      }
    }
    return best;
  }

  /** Each rate with its test against rate 0, corrected for the number of rates. */
  private List<SearchResult.Candidate> candidates(List<Evaluated> validation) {
    List<PairedComparison> against = new ArrayList<>();
    for (Evaluated e : validation.subList(1, validation.size())) {
      against.add(
          PairedComparison.of(validation.getFirst().outcomes, e.outcomes, request.options.seed()));
    }
    double[] adjusted =
        Holm.adjust(against.stream().mapToDouble(c -> c.mcNemar().pValue()).toArray());
    List<SearchResult.Candidate> candidates = new ArrayList<>();
    candidates.add(
        new SearchResult.Candidate(
            request.rates.getFirst(), validation.getFirst().run.result(), Optional.empty()));
    for (int i = 0; i < against.size(); i++) {
      candidates.add(
          new SearchResult.Candidate(
              request.rates.get(i + 1),
              validation.get(i + 1).run.result(),
              Optional.of(new SearchResult.Against(against.get(i), adjusted[i]))));
    }
    return candidates;
  }
}
