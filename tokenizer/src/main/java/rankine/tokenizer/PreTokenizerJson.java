package rankine.tokenizer;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;

import java.util.List;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/** Reads the {@code pre_tokenizer} of tokenizer.json. */
final class PreTokenizerJson {
  /** GPT-2's split pattern, the default of {@code ByteLevel} ({@code use_regex}). */
  static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private PreTokenizerJson() {}

  static PreTokenizer read(JsonObject json) {
    String type = json.get("type", STRING);
    PreTokenizer preTokenizer =
        switch (type) {
          case "Sequence" ->
              new PreTokenizer.PreTokenizerSequence(
                  json.objects("pretokenizers").stream().map(PreTokenizerJson::read).toList());
          case "ByteLevel" -> byteLevel(json);
          case "Split" ->
              new PreTokenizer.Split(
                  PatternFinderJson.read(json, "pattern"),
                  behavior(json),
                  json.get("invert", FLAG));
          case "Metaspace" -> metaspace(json);
          case "Digits" -> digits(json);
          default ->
              throw json.fault(
                  "type",
                  "a pre-tokenizer that is implemented (ByteLevel, Split, Metaspace, Digits,"
                      + " Sequence)",
                  Shown.quote(type));
        };
    json.done();
    return preTokenizer;
  }

  /** Does not split. */
  static PreTokenizer none() {
    return new PreTokenizer.PreTokenizerSequence(List.of());
  }

  /** GPT-2's own pre-tokenizer. */
  static PreTokenizer gpt2(String file, boolean prefixSpace) {
    return new PreTokenizer.ByteLevelPreTokenizer(
        prefixSpace, PatternFinderJson.regex(file, "pattern", GPT2));
  }

  private static PreTokenizer byteLevel(JsonObject json) {
    json.get("trim_offsets", FLAG, true); // affects offsets only
    boolean prefixSpace = json.get("add_prefix_space", FLAG);
    return json.get("use_regex", FLAG, true)
        ? gpt2(json.source(), prefixSpace)
        : new PreTokenizer.ByteLevelPreTokenizer(prefixSpace, null);
  }

  private static PreTokenizer.Behavior behavior(JsonObject json) {
    String behavior = json.get("behavior", STRING);
    return switch (behavior) {
      case "Removed" -> PreTokenizer.Behavior.REMOVED;
      case "Isolated" -> PreTokenizer.Behavior.ISOLATED;
      case "MergedWithPrevious" -> PreTokenizer.Behavior.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> PreTokenizer.Behavior.MERGED_WITH_NEXT;
      case "Contiguous" -> PreTokenizer.Behavior.CONTIGUOUS;
      default ->
          throw json.fault(
              "behavior",
              "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous",
              Shown.quote(behavior));
    };
  }

  private static PreTokenizer metaspace(JsonObject json) {
    MetaspaceOptions options = MetaspaceOptions.read(json);
    return new PreTokenizer.MetaspacePreTokenizer(
        options.replacement(), options.scheme(), options.split());
  }

  private static PreTokenizer digits(JsonObject json) {
    PreTokenizer.Behavior behavior =
        json.get("individual_digits", FLAG)
            ? PreTokenizer.Behavior.ISOLATED
            : PreTokenizer.Behavior.CONTIGUOUS;
    return new PreTokenizer.Split(
        PatternFinderJson.regex(json.source(), "pattern", "\\p{N}"), behavior, false);
  }
}
