package rankine.tokenizer;

import static rankine.common.io.JsonKind.INTEGER;
import static rankine.common.io.JsonKind.STRING;
import static rankine.common.io.JsonKind.integer;

import java.util.ArrayList;
import java.util.List;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;
import rankine.tokenizer.PreTokenizer.MetaspacePreTokenizer.Scheme;

/** Reads the {@code decoder} of tokenizer.json. */
final class DecoderJson {
  private DecoderJson() {}

  static Decoder read(JsonObject json) {
    List<Decoder.DecoderStep> steps = new ArrayList<>();
    addTo(steps, json);
    return new Decoder(steps);
  }

  private static void addTo(List<Decoder.DecoderStep> steps, JsonObject json) {
    String type = json.get("type", STRING);
    switch (type) {
      case "Sequence" -> {
        for (JsonObject part : json.objects("decoders")) {
          addTo(steps, part);
        }
      }
      case "ByteLevel" -> {
        json.ignore("add_prefix_space", "trim_offsets", "use_regex"); // no effect on decoding
        add(steps, json, new Decoder.ByteLevelDecoder());
      }
      case "Replace" ->
          add(
              steps,
              json,
              new Decoder.ReplaceDecoder(
                  PatternFinderJson.read(json, "pattern"), json.get("content", STRING)));
      case "ByteFallback" -> add(steps, json, new Decoder.ByteFallbackDecoder(true));
      case "Fuse" -> add(steps, json, new Decoder.Fuse());
      case "Strip" -> add(steps, json, strip(json));
      case "Metaspace" -> {
        MetaspaceOptions options = MetaspaceOptions.read(json);
        add(
            steps,
            json,
            new Decoder.MetaspaceDecoder(
                String.valueOf(options.replacement()), options.scheme() != Scheme.NEVER));
      }
      default ->
          throw json.fault(
              "type",
              "a decoder that is implemented (ByteLevel, Replace, ByteFallback, Fuse, Strip,"
                  + " Metaspace, Sequence)",
              Shown.quote(type));
    }
    json.done();
  }

  private static Decoder.DecoderStep strip(JsonObject json) {
    String content = json.get("content", STRING);
    if (content.codePointCount(0, content.length()) != 1) {
      throw json.fault("content", "one character", Shown.quote(content));
    }
    int stop = json.get("stop", INTEGER);
    if (stop != 0) {
      throw json.fault("stop", "0 (no other is implemented)", Integer.toString(stop));
    }
    return new Decoder.StripStart(content, json.get("start", integer(0, Integer.MAX_VALUE - 1)));
  }

  /**
   * Adds a step, in an order that streaming supports: steps on single tokens first, then bytes to
   * text, then Fuse, then Strip.
   */
  private static void add(
      List<Decoder.DecoderStep> steps, JsonObject json, Decoder.DecoderStep step) {
    boolean first = steps.isEmpty();
    if (step instanceof Decoder.MetaspaceDecoder
        ? !first
        : !first && phase(step) < phase(steps.getLast())) {
      throw json.fault(
          "type", "decoders in an order that is implemented", json.get("type", STRING) + " here");
    }
    if (step instanceof Decoder.StripStart
        && steps.stream().noneMatch(s -> s instanceof Decoder.Fuse)) {
      throw json.fault("type", "Fuse before Strip (no other is implemented)", "no Fuse");
    }
    steps.add(step);
  }

  private static int phase(Decoder.DecoderStep step) {
    return switch (step) {
      case Decoder.MetaspaceDecoder m -> 0;
      case Decoder.ReplaceDecoder r -> 0;
      case Decoder.SpaceBetween s -> 0;
      case Decoder.ByteFallbackDecoder f -> 1;
      case Decoder.ByteLevelDecoder b -> 1;
      case Decoder.Fuse f -> 2;
      case Decoder.StripStart s -> 3;
    };
  }
}
