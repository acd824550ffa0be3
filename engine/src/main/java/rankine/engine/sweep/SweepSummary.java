package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Holm;
import rankine.engine.stats.PairedComparison;

/**
 * Result of one process of a sweep.
 *
 * @param rows one per search key of the process's shard
 * @param done cells evaluated by this process
 * @param found cells of these groups that were finished before
 * @param machine as {@link rankine.engine.run.Manifest#machine}
 */
public record SweepSummary(
    Path folder,
    Shard shard,
    SweepGrid grid,
    List<SummaryRow> rows,
    int done,
    int found,
    ObjectNode machine) {

  /** Copies the list. */
  public SweepSummary {
    rows = List.copyOf(rows);
  }

  /**
   * A finished group.
   *
   * @param comparison of the chosen rate with the unedited model, on test
   * @param adjusted McNemar's p-value of it, Holm-corrected for the number of rows
   */
  public record SummaryRow(GroupResult result, PairedComparison comparison, double adjusted) {

    private static SummaryRow of(GroupResult result) {
      return new SummaryRow(result, result.comparison().orElseThrow(), 1);
    }

    private SummaryRow corrected(double p) {
      return new SummaryRow(result, comparison, p);
    }

    /** The rate chosen on validation. */
    public PruningRate chosen() {
      return result.chosen().orElseThrow();
    }

    /** The unedited model on validation. */
    public Cell plainValidation() {
      return result.validation().get(PruningRate.ZERO);
    }

    /** The chosen rate on validation. */
    public Cell prunedValidation() {
      return result.validation().get(chosen());
    }

    private ObjectNode toJson() {
      SearchKey key = result.key();
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("task", key.task().name()).put("version", key.task().version());
      json.put("seed", key.seed());
      json.put("layer", key.target().layer()).put("module", key.target().modules().name());
      json.put("chosen_rate", chosen().value());
      ArrayNode tied = json.putArray("tied_rates");
      result.best().stream().skip(1).map(PruningRate::value).forEach(tied::add);
      ObjectNode validation = json.putObject("validation");
      validation.set("plain", plainValidation().figures().toJson());
      validation.set("pruned", prunedValidation().figures().toJson());
      ObjectNode test = json.putObject("test");
      test.set("plain", result.plain().orElseThrow().figures().toJson());
      test.set("pruned", result.pruned().orElseThrow().figures().toJson());
      test.set("comparison", comparison.toJson());
      json.put("p_value", comparison.mcNemar().pValue()).put("p_value_holm", adjusted);
      return json;
    }
  }

  static SweepSummary of(
      SweepRequest request,
      SweepGrid grid,
      List<GroupResult> results,
      int done,
      ObjectNode machine) {
    List<SummaryRow> rows =
        Holm.corrected(
                List.of(results.stream().map(SummaryRow::of).toList()),
                row -> OptionalDouble.of(row.comparison.mcNemar().pValue()),
                SummaryRow::corrected)
            .getFirst();
    Set<CellKey> cells = new HashSet<>();
    for (GroupResult result : results) {
      result.validation().values().forEach(cell -> cells.add(cell.key()));
      result.test().values().forEach(cell -> cells.add(cell.key()));
    }
    return new SweepSummary(
        request.folder(), request.shard(), grid, rows, done, cells.size() - done, machine);
  }

  /** The whole summary, keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", folder.toString()).put("shard", shard.toString());
    json.putObject("cells").put("done", done).put("found", found);
    json.set("grid", grid.toJson());
    json.putObject("tried")
        .put("tasks", grid.tasks().size())
        .put("seeds", grid.seeds().size())
        .put("layers", grid.layers().size())
        .put("modules", grid.modules().size())
        .put("rates", grid.rates().size())
        .put("groups", rows.size());
    ArrayNode groups = json.putArray("groups");
    rows.forEach(row -> groups.add(row.toJson()));
    json.set("manifest", machine);
    return json;
  }
}
