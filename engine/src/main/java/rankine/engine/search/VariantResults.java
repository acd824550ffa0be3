package rankine.engine.search;

import java.util.List;

/**
 * A model with edits on one part of a task, with every seed.
 *
 * @param runs in the order of the seeds
 */
record VariantResults(List<SeedResult> runs) {
  VariantResults {
    runs = List.copyOf(runs);
  }
}
