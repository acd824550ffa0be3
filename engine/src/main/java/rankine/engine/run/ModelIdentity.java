package rankine.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import rankine.common.RunException;
import rankine.engine.edit.EditPlan;

/**
 * What must be the same in two processes, so that their models give the same output.
 *
 * @param checkpoint SHA-256 of the checkpoint, in hex
 * @param tokenizer SHA-256 of the tokenizer, in hex
 * @param edits as JSON, without the paths of files: their hashes are there
 */
public record ModelIdentity(String checkpoint, String tokenizer, String edits)
    implements Serializable {

  /** The identity of {@code loaded} with the edits of a plan. */
  public static ModelIdentity of(LoadedModel loaded, EditPlan plan) {
    ArrayNode edits = plan.toJson();
    for (JsonNode edit : edits) {
      if (edit.get("calibration") instanceof ObjectNode calibration) {
        calibration.remove("text");
      }
    }
    return new ModelIdentity(
        loaded.checkpoint().hash(), loaded.tokenizer().hash(), edits.toString());
  }

  /**
   * Compares the model of another process with this one.
   *
   * @throws RunException that names the first difference
   */
  public void requireSame(ModelIdentity other) {
    requireSame("checkpoint", checkpoint, other.checkpoint);
    requireSame("tokenizer", tokenizer, other.tokenizer);
    requireSame("edits", edits, other.edits);
  }

  private static void requireSame(String key, String expected, String found) {
    if (!expected.equals(found)) {
      throw new RunException("%s: expected %s, found %s".formatted(key, expected, found));
    }
  }
}
