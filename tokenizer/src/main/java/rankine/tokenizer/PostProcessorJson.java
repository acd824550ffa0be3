package rankine.tokenizer;

import java.util.ArrayList;
import java.util.List;
import rankine.common.TokenizerException;

/** Reads the {@code post_processor} of tokenizer.json. */
final class PostProcessorJson {
  private PostProcessorJson() {}

  static SpecialTokenTemplate read(Component json) {
    String type = json.string("type");
    SpecialTokenTemplate template =
        switch (type) {
          case "Sequence" -> {
            List<SpecialTokenTemplate> templates =
                json.children("processors").stream()
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
                  TokenizerException.quote(type));
        };
    json.done();
    return template;
  }

  private static SpecialTokenTemplate template(Component json) {
    json.ignore("pair"); // for two texts at once, which are never given
    Component tokens = json.child("special_tokens");
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean textSeen = false;
    for (Component part : json.children("single")) {
      if (part.has("Sequence")) {
        Component sequence = part.child("Sequence");
        String id = sequence.string("id");
        sequence.ignore("type_id");
        sequence.done();
        if (textSeen || !id.equals("A")) {
          throw json.fault("single", "the text A once", id + (textSeen ? " after A" : ""));
        }
        textSeen = true;
      } else {
        Component special = part.child("SpecialToken");
        String id = special.string("id");
        special.ignore("type_id");
        special.done();
        (textSeen ? after : before).addAll(tokens.child(id).integers("ids"));
      }
      part.done();
    }
    if (!textSeen) {
      throw json.fault("single", "the text A once", "no A");
    }
    return new SpecialTokenTemplate(before, after);
  }
}
