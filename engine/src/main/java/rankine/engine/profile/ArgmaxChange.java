package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A position at which the edit changes the most likely next token.
 *
 * @param span index of the text span
 * @param position index in the sequence, from 0
 * @param token the token at this position, the last of the context
 * @param from the most likely next token of the unedited model
 * @param to the most likely next token of the edited model
 */
public record ArgmaxChange(
    int span, int position, FlippedToken token, FlippedToken from, FlippedToken to) {
  /**
   * A token.
   *
   * @param text absent without a tokenizer, or for an id outside its vocabulary
   */
  public record FlippedToken(int id, Optional<String> text) {}

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("passage", span).put("position", position);
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
