package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.model.Architectures;

/** {@code architectures}: the architectures of checkpoints that load. */
@Command(
    name = "architectures",
    sortOptions = false,
    description = "List the supported architectures, by the model_type of config.json.")
final class ArchitecturesCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    SequencedMap<String, String> families = Architectures.families();
    if (common.json()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      ArrayNode list = json.putArray("architectures");
      families.forEach((type, name) -> list.addObject().put("name", name).put("model_type", type));
      StandardOutput.document(json);
    } else {
      var out = StandardOutput.stdout();
      families.forEach((type, name) -> out.printf("%-12s %s%n", type, name));
    }
    return 0;
  }
}
