package rankine.engine.search;

import java.util.List;

/**
 * Results of one variant on one split of a task, for every seed.
 *
 * @param runs in the order of the seeds
 */
record VariantResults(List<SeedResult> runs) {
  VariantResults {
    runs = List.copyOf(runs);
  }
}
