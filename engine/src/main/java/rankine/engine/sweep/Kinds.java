package rankine.engine.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;
import rankine.common.EditException;
import rankine.common.io.JsonKind;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;

/** JSON value types specific to run folders. */
final class Kinds {
  static final JsonKind<PruningRate> RATE =
      of("a rate in [0, 1)", node -> new PruningRate(node.decimalValue()), JsonNode::isNumber);

  static final JsonKind<ModuleSelection> MODULES =
      of("a module", node -> ModuleSelection.of(node.textValue()), JsonNode::isTextual);

  static final JsonKind<ModelTarget> METHOD =
      of(
          "a method such as whitened or whitened:block",
          node -> ModelTarget.parse(node.textValue()),
          JsonNode::isTextual);

  private Kinds() {}

  private static <T> JsonKind<T> of(
      String expected, Function<JsonNode, T> value, Function<JsonNode, Boolean> fits) {
    return new JsonKind<>(
        expected,
        node -> {
          try {
            return fits.apply(node) ? Optional.of(value.apply(node)) : Optional.empty();
          } catch (EditException e) {
            return Optional.empty();
          }
        });
  }
}
