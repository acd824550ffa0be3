package rankine.tokenizer;

import static rankine.common.io.JsonKind.INTEGER;
import static rankine.common.io.JsonKind.STRING;

import java.util.ArrayList;
import java.util.List;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/** Reads the {@code post_processor} of tokenizer.json. */
final class PostProcessorJson {
  private PostProcessorJson() {}

  static SpecialTokenTemplate read(JsonObject json) {
    String type = json.get("type", STRING);
    SpecialTokenTemplate template =
        switch (type) {
          case "Sequence" -> {
            List<SpecialTokenTemplate> templates =
                json.objects("processors").stream()
                    .map(PostProcessorJson::read)
                    .filter(t -> !t.equals(SpecialTokenTemplate.NONE))
                    .toList();
            if (templates.size() > 1) {
              throw json.fault(
                  "processors", "one template at most", templates.size() + " templates");
            }
            yield templates.isEmpty() ? SpecialTokenTemplate.NONE : templates.getFirst();
          }
          case "ByteLevel" -> {
            json.ignore("add_prefix_space", "trim_offsets", "use_regex"); // offsets only
            yield SpecialTokenTemplate.NONE;
          }
          case "TemplateProcessing" -> template(json);
          default ->
              throw json.fault(
                  "type",
                  "a post-processor that is implemented (ByteLevel, TemplateProcessing, Sequence)",
                  Shown.quote(type));
        };
    json.done();
    return template;
  }

  private static SpecialTokenTemplate template(JsonObject json) {
    json.ignore("pair"); // template for two texts; only one is ever encoded
    JsonObject tokens = json.object("special_tokens");
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean textSeen = false;
    for (JsonObject part : json.objects("single")) {
      if (part.has("Sequence")) {
        JsonObject sequence = part.object("Sequence");
        String id = sequence.get("id", STRING);
        sequence.ignore("type_id");
        sequence.done();
        if (textSeen || !id.equals("A")) {
          throw json.fault("single", "the sequence A once", id + (textSeen ? " after A" : ""));
        }
        textSeen = true;
      } else {
        JsonObject special = part.object("SpecialToken");
        String id = special.get("id", STRING);
        special.ignore("type_id");
        special.done();
        (textSeen ? after : before).addAll(tokens.object(id).list("ids", INTEGER));
      }
      part.done();
    }
    if (!textSeen) {
      throw json.fault("single", "the sequence A once", "no A");
    }
    return new SpecialTokenTemplate(before, after);
  }
}
