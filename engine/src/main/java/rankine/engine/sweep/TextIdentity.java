package rankine.engine.sweep;

import static rankine.common.io.JsonKind.STRING;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.io.JsonObject;
import rankine.common.io.TextFile;
import rankine.engine.perplexity.WindowMode;
import rankine.engine.perplexity.WindowProtocol;

/**
 * Identity of the texts of a run. The windows are part of it, so that a run folder never holds
 * perplexities of two protocols.
 */
public record TextIdentity(
    IdentifiedText validation, IdentifiedText test, WindowProtocol protocol) {

  /**
   * One of the texts.
   *
   * @param name of the file, without its folder
   * @param file as given to the first process; it may move
   */
  public record IdentifiedText(String name, String sha256, String file) {
    private static IdentifiedText of(String name, TextFile text) {
      return new IdentifiedText(name, text.sha256(), text.name());
    }

    private static IdentifiedText of(JsonObject json) {
      IdentifiedText text =
          new IdentifiedText(
              json.get("name", TEXT), json.get("sha256", TEXT), json.get("file", STRING));
      json.done();
      return text;
    }

    private ObjectNode toJson() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("name", name)
          .put("sha256", sha256)
          .put("file", file);
    }
  }

  static TextIdentity of(TextData data) {
    return new TextIdentity(
        IdentifiedText.of(data.pair().validation(), data.validation()),
        IdentifiedText.of(data.pair().test(), data.test()),
        data.protocol());
  }

  static TextIdentity of(JsonObject json) {
    TextIdentity identity =
        new TextIdentity(
            IdentifiedText.of(json.object("validation")),
            IdentifiedText.of(json.object("test")),
            new WindowProtocol(
                json.get("context", integer(2, Integer.MAX_VALUE)),
                json.get("stride", integer(1, Integer.MAX_VALUE)),
                json.get("mode", oneOf(WindowMode.values(), WindowMode::label))));
    json.done();
    return identity;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("validation", validation.toJson());
    json.set("test", test.toJson());
    json.setAll(protocol.toJson());
    return json;
  }
}
