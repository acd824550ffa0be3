package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.GroupResult;
import rankine.engine.sweep.ShardStart;
import rankine.engine.sweep.SweepGrid;
import rankine.engine.sweep.SweepRun;

/**
 * The search space of a run: a reader who sees the best of many candidates must know their number.
 *
 * @param axes of all grids, layers ascending; all empty if nothing was started
 * @param groups number of search keys: combinations of a task and seed, or the texts, with a layer
 *     and module, or with a method
 * @param expected cells that the grids of all processes need, as far as known now: unless every
 *     rate is tested, without the test cells of groups whose rate is not chosen yet
 * @param missing expected cells that the folder lacks
 */
public record Coverage(SweepGrid axes, int groups, int expected, List<CellKey> missing) {
  /** Copies the list. */
  public Coverage {
    missing = List.copyOf(missing);
  }

  static Coverage of(SweepRun run, List<GroupResult> results) {
    List<CellKey> missing =
        results.stream().flatMap(result -> result.missing().stream()).distinct().toList();
    return new Coverage(
        SweepGrid.union(run.starts().stream().map(ShardStart::grid).toList()),
        results.size(),
        run.cells().size() + missing.size(),
        missing);
  }

  /** Returns whether every cell is finished. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /** The search space, and the missing cells by name. */
  public ObjectNode toJson() {
    ObjectNode json = axes.toJson();
    json.put("groups", groups);
    json.put("cells_expected", expected);
    json.put("cells_missing", missing.size());
    ArrayNode missingCells = json.putArray("missing");
    missing.forEach(cell -> missingCells.add(cell.toString()));
    return json;
  }
}
