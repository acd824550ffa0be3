package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.engine.perplexity.WindowProtocol;

/**
 * Result of one process of a sweep.
 *
 * @param rows one per search key of the process's shard, each with its test; at rate 0 without one,
 *     as the models are the same
 * @param done cells evaluated by this process
 * @param found cells of these groups that were finished before
 * @param protocol how texts are cut into windows, if the grid has texts
 * @param machine as {@link rankine.engine.run.Manifest#machine}
 */
public record SweepSummary(
    String folder,
    Shard shard,
    SweepGrid grid,
    List<GroupSummary> rows,
    int done,
    int found,
    Optional<WindowProtocol> protocol,
    ObjectNode machine) {

  /** Copies the list. */
  public SweepSummary {
    rows = List.copyOf(rows);
  }

  static SweepSummary of(
      SweepRequest request,
      SweepGrid grid,
      List<GroupResult> results,
      int done,
      ObjectNode machine) {
    List<GroupSummary> rows = GroupSummary.corrected(results);
    Set<CellKey> cells = new HashSet<>();
    for (GroupResult result : results) {
      result.validation().values().forEach(cell -> cells.add(cell.key()));
      result.test().values().forEach(cell -> cells.add(cell.key()));
    }
    return new SweepSummary(
        request.folder().toString(),
        request.shard(),
        grid,
        rows,
        done,
        cells.size() - done,
        request.texts().map(TextData::protocol),
        machine);
  }

  /** Returns the same with another name of the run folder. */
  public SweepSummary withFolder(String other) {
    return new SweepSummary(other, shard, grid, rows, done, found, protocol, machine);
  }

  /** The whole summary, keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", folder).put("shard", shard.toString());
    json.putObject("cells").put("done", done).put("found", found);
    json.set("grid", grid.toJson());
    protocol.ifPresent(windows -> json.set("protocol", windows.toJson()));
    ObjectNode tried =
        json.putObject("tried")
            .put("tasks", grid.tasks().size())
            .put("seeds", grid.seeds().size())
            .put("layers", grid.layers().size())
            .put("modules", grid.modules().size())
            .put("rates", grid.rates().size());
    if (grid.texts().isPresent()) {
      tried.put("texts", 1);
    }
    if (!grid.methods().isEmpty()) {
      tried.put("methods", grid.methods().size()).put("ratios", grid.ratios().size());
    }
    tried.put("groups", rows.size());
    ArrayNode groups = json.putArray("groups");
    rows.forEach(row -> groups.add(json(row)));
    json.set("manifest", machine);
    return json;
  }

  private static ObjectNode json(GroupSummary row) {
    SearchKey key = row.key();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    key.benchmark().addTo(json);
    CellKey.addSeed(key.benchmark(), key.seed(), json);
    key.target().addTo(json);
    row.addChoice(json);
    addTo(json.putObject("validation"), row.validation().orElseThrow());
    ObjectNode test = json.putObject("test");
    addTo(test, row.test().orElseThrow());
    row.comparison().ifPresent(comparison -> test.set("comparison", comparison.toJson()));
    row.pValue().ifPresent(p -> json.put("p_value", p));
    row.adjusted().ifPresent(p -> json.put("p_value_holm", p));
    return json;
  }

  private static void addTo(ObjectNode json, GroupSummary.Change change) {
    json.set("plain", change.plain().toJson());
    json.set("pruned", change.chosen().toJson());
  }
}
