package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.BestCandidates;

/**
 * The result of a search in memory: Algorithm 1 of arXiv 2406.03768 for one benchmark, whose seeds
 * choose together. The candidates are the rates of a layer and module, or the ratios of one or
 * several methods for the whole model.
 *
 * @param candidates on validation, by ascending rate, of equal ones in the order of the targets;
 *     the first is the unedited model
 * @param best those with the highest score
 * @param chosen one of them, by a {@link RateRule}
 * @param plain the unedited model on test, seed by seed
 * @param pruned the chosen candidate on test, seed by seed
 * @param notes plain sentences that a reader of the numbers must know
 */
public record SearchGroup(
    List<Candidate> candidates,
    List<Candidate> best,
    Candidate chosen,
    List<EvaluationRecord> plain,
    List<EvaluationRecord> pruned,
    List<String> notes) {
  /** Copies the lists. */
  public SearchGroup {
    candidates = List.copyOf(candidates);
    best = List.copyOf(best);
    plain = List.copyOf(plain);
    pruned = List.copyOf(pruned);
    notes = List.copyOf(notes);
  }

  /**
   * What may be chosen, on validation.
   *
   * @param target absent for the unedited model, whose rate is 0
   * @param cells one per seed
   */
  public record Candidate(Optional<EditTarget> target, PruningRate rate, List<Cell> cells) {
    /** Copies the list. */
    public Candidate {
      cells = List.copyOf(cells);
    }

    /** The evaluations, seed by seed. */
    public List<EvaluationRecord> evaluations() {
      return cells.stream().map(Cell::evaluation).toList();
    }

    /** The score that the choice uses, mean over seeds. */
    double score() {
      return cells.stream().mapToDouble(cell -> cell.score().value()).average().orElseThrow();
    }

    /** The ranks that its edit keeps: see {@link Cell#ranks}. */
    public List<Integer> ranks() {
      return cells.getFirst().ranks();
    }

    /** What factors save of the blocks' parameters: see {@link Cell#removed}. */
    public OptionalDouble removed() {
      return cells.getFirst().removed();
    }
  }

  /** The other candidates whose score ties with that of the chosen one, in order. */
  public List<Candidate> tied() {
    double score = chosen.score();
    return candidates.stream()
        .filter(
            candidate ->
                !BestCandidates.better(score, candidate.score())
                    && !BestCandidates.better(candidate.score(), score))
        .filter(candidate -> !candidate.equals(chosen))
        .toList();
  }

  /** The candidates with their cells on validation, and the choice. */
  record Choice(
      List<SearchKey> keys, List<Candidate> candidates, List<Candidate> best, Candidate chosen) {
    /**
     * Chooses.
     *
     * @param cells all on validation
     * @param keys of one benchmark: every seed of every target
     * @param rates of every target, ascending; the first is 0
     */
    static Choice of(
        Map<CellKey, Cell> cells, List<SearchKey> keys, List<PruningRate> rates, RateRule rule) {
      List<EditTarget> targets = keys.stream().map(SearchKey::target).distinct().toList();
      List<Candidate> candidates = new ArrayList<>();
      for (PruningRate rate : rates) {
        for (EditTarget target : rate.isZero() ? targets.subList(0, 1) : targets) {
          candidates.add(
              new Candidate(
                  rate.isZero() ? Optional.empty() : Optional.of(target),
                  rate,
                  cells(cells, keys, target, rate, EvaluationSplit.VALIDATION)));
        }
      }
      List<List<EvaluationRecord>> validation =
          candidates.stream().map(Candidate::evaluations).toList();
      int chosen =
          rule.choose(
              keys.stream().map(SearchKey::seed).distinct().toList(),
              candidates.stream().map(Candidate::rate).toList(),
              validation);
      return new Choice(
          keys,
          candidates,
          RateRule.best(validation).stream().map(candidates::get).toList(),
          candidates.get(chosen));
    }

    private List<EvaluationRecord> test(Map<CellKey, Cell> cells, Candidate candidate) {
      EditTarget target = candidate.target.orElse(keys.getFirst().target());
      return cells(cells, keys, target, candidate.rate, EvaluationSplit.TEST).stream()
          .map(Cell::evaluation)
          .toList();
    }
  }

  /** The cells of a target at a rate, one per seed. */
  private static List<Cell> cells(
      Map<CellKey, Cell> cells,
      List<SearchKey> keys,
      EditTarget target,
      PruningRate rate,
      EvaluationSplit split) {
    return keys.stream()
        .filter(key -> key.target().equals(target))
        .map(key -> cells.get(key.cell(rate, split)))
        .toList();
  }

  static SearchGroup of(Map<CellKey, Cell> cells, Choice choice, List<String> notes) {
    return new SearchGroup(
        choice.candidates,
        choice.best,
        choice.chosen,
        choice.test(cells, choice.candidates.getFirst()),
        choice.test(cells, choice.chosen),
        notes);
  }
}
