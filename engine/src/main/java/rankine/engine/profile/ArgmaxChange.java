package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A position after which another token has become the most likely one.
 *
 * @param passage index of the passage
 * @param position from 0 at the start of the sequence
 * @param token the token at this position, the last one that the model sees
 * @param from the most likely next token before
 * @param to and with the edit
 */
public record ArgmaxChange(
    int passage, int position, FlippedToken token, FlippedToken from, FlippedToken to) {
  /**
   * A token.
   *
   * @param text absent where no tokenizer was asked for, or where the id is none of its own
   */
  public record FlippedToken(int id, Optional<String> text) {}

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("passage", passage).put("position", position);
    put(json, "token", token);
    put(json, "from", from);
    put(json, "to", to);
    return json;
  }

  private static void put(ObjectNode json, String key, FlippedToken token) {
    json.put(key, token.id);
    token.text.ifPresent(text -> json.put(key + "_text", text));
  }
}
