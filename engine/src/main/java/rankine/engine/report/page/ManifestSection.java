package rankine.engine.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import rankine.engine.report.Report;
import rankine.engine.sweep.ShardStart;

/** Writes everything that the results depend on, and the command that reproduces them. */
final class ManifestSection {
  private final Report report;
  private final Markup m;

  private ManifestSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    ManifestSection section = new ManifestSection(report, m);
    section.identity();
    section.processes();
    return m.take();
  }

  private void identity() {
    m.element("h3", "Identity");
    m.element("p", "Common to every process of the run; a process that differs is refused.");
    pairs(report.identity().toJson());
  }

  private void processes() {
    m.element("h3", "Processes");
    m.element(
        "p",
        "%s wrote this folder. To repeat the run, give a new folder, and the model by its path;"
                .formatted(
                    NumberText.count(report.processes().size(), "process")
                        .replace("processs", "processes"))
            + " to continue it, give the same folder.");
    Map<String, Long> commands =
        report.processes().stream()
            .map(process -> SweepCommandLine.of(report.identity(), process.grid()))
            .collect(
                Collectors.groupingBy(command -> command, TreeMap::new, Collectors.counting()));
    commands
        .keySet()
        .forEach(command -> m.open("pre", "tabindex", "0").element("code", command).close());
    for (ShardStart process : report.processes()) {
      m.open("details");
      m.element("summary", "Shard " + process.shard() + ", started " + process.started());
      pairs(process.manifest());
      m.close();
    }
  }

  /** Writes every leaf of a tree under the path of its keys. */
  private void pairs(JsonNode tree) {
    m.open("dl", "class", "pairs");
    pairs("", tree);
    m.close();
  }

  private void pairs(String path, JsonNode node) {
    if (node.isObject()) {
      String prefix = path.isEmpty() ? "" : path + ".";
      node.properties().forEach(entry -> pairs(prefix + entry.getKey(), entry.getValue()));
    } else if (node.isArray() && !node.isEmpty()) {
      for (int i = 0; i < node.size(); i++) {
        pairs(node.size() == 1 ? path : path + "." + i, node.get(i));
      }
    } else {
      boolean empty = node.isNull() || node.isArray();
      m.element("dt", path).element("dd", empty ? "none" : node.asText());
    }
  }
}
