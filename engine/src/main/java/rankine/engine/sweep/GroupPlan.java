package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.sweep.GroupAssignment.GroupPart;

/**
 * What is left of a sweep, as assignments.
 *
 * @param searchKeys those of the process's shard
 * @param targets of the search keys, in the order in which one process runs them fastest
 * @param results the state of each group
 * @param lacksSpectra whether the folder lacks a spectrum of a target
 */
record GroupPlan(
    SweepGrid grid,
    List<SearchKey> searchKeys,
    List<EditTarget> targets,
    Function<SearchKey, GroupResult> results,
    Predicate<EditTarget> lacksSpectra) {

  /** One assignment per benchmark and seed whose cells of the unedited model are missing. */
  List<GroupAssignment> plain() {
    List<GroupAssignment> assignments = new ArrayList<>();
    Map<SearchKey, Integer> indices = indices();
    Set<CellKey> seen = new HashSet<>();
    for (SearchKey key : searchKeys) {
      if (seen.add(key.cell(PruningRate.ZERO, EvaluationSplit.TEST)) && lacksPlain(key)) {
        assignments.add(assignment(indices, key, GroupPart.PLAIN, false));
      }
    }
    return assignments;
  }

  private boolean lacksPlain(SearchKey key) {
    GroupResult result = results.apply(key);
    return !(result.validation().containsKey(PruningRate.ZERO)
        && result.test().containsKey(PruningRate.ZERO));
  }

  /**
   * One assignment per unfinished group, target by target; the first of a target has its spectra.
   */
  List<GroupAssignment> groups() {
    List<GroupAssignment> assignments = new ArrayList<>();
    Map<SearchKey, Integer> indices = indices();
    for (EditTarget target : targets) {
      boolean spectra = lacksSpectra.test(target);
      for (SearchKey key : searchKeys) {
        if (key.target().equals(target) && (spectra || !results.apply(key).isComplete())) {
          assignments.add(assignment(indices, key, GroupPart.ALL, spectra));
          spectra = false;
        }
      }
    }
    return assignments;
  }

  /** The indices in {@link SweepGrid#searchKeys}. */
  private Map<SearchKey, Integer> indices() {
    Map<SearchKey, Integer> indices = new HashMap<>();
    grid.searchKeys().forEach(key -> indices.put(key, indices.size()));
    return indices;
  }

  private GroupAssignment assignment(
      Map<SearchKey, Integer> indices, SearchKey key, GroupPart part, boolean spectra) {
    GroupResult result = results.apply(key);
    List<String> finished =
        Stream.concat(result.validation().values().stream(), result.test().values().stream())
            .map(cell -> cell.toJson().toString())
            .toList();
    return new GroupAssignment(indices.get(key), part, spectra, finished);
  }
}
