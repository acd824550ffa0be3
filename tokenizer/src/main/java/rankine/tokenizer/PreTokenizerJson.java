package rankine.tokenizer;

import java.util.List;
import rankine.common.TokenizerException;

/** Reads the {@code pre_tokenizer} of tokenizer.json. */
final class PreTokenizerJson {
  /** GPT-2's pattern, which {@code ByteLevel} uses unless told not to. */
  static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private PreTokenizerJson() {}

  static PreTokenizer read(Component json) {
    String type = json.string("type");
    PreTokenizer preTokenizer =
        switch (type) {
          case "Sequence" ->
              new PreTokenizer.PreTokenizerSequence(
                  json.children("pretokenizers").stream().map(PreTokenizerJson::read).toList());
          case "ByteLevel" -> byteLevel(json);
          case "Split" ->
              new PreTokenizer.Split(
                  PatternFinderJson.read(json, "pattern"), behavior(json), json.bool("invert"));
          case "Metaspace" -> metaspace(json);
          case "Digits" -> digits(json);
          default ->
              throw json.fault(
                  "type",
                  "a pre-tokenizer that is implemented (ByteLevel, Split, Metaspace, Digits,"
                      + " Sequence)",
                  TokenizerException.quote(type));
        };
    json.done();
    return preTokenizer;
  }

  /** Leaves text whole. */
  static PreTokenizer none() {
    return new PreTokenizer.PreTokenizerSequence(List.of());
  }

  /** GPT-2's own pre-tokenizer. */
  static PreTokenizer gpt2(String file, boolean prefixSpace) {
    return new PreTokenizer.ByteLevelPreTokenizer(
        prefixSpace, PatternFinderJson.regex(file, "pattern", GPT2));
  }

  private static PreTokenizer byteLevel(Component json) {
    json.bool("trim_offsets", true); // bears on offsets only
    boolean prefixSpace = json.bool("add_prefix_space");
    return json.bool("use_regex", true)
        ? gpt2(json.file(), prefixSpace)
        : new PreTokenizer.ByteLevelPreTokenizer(prefixSpace, null);
  }

  private static PreTokenizer.Behavior behavior(Component json) {
    String behavior = json.string("behavior");
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
              TokenizerException.quote(behavior));
    };
  }

  private static PreTokenizer metaspace(Component json) {
    MetaspaceOptions options = MetaspaceOptions.read(json);
    return new PreTokenizer.MetaspacePreTokenizer(
        options.replacement(), options.scheme(), options.split());
  }

  private static PreTokenizer digits(Component json) {
    PreTokenizer.Behavior behavior =
        json.bool("individual_digits")
            ? PreTokenizer.Behavior.ISOLATED
            : PreTokenizer.Behavior.CONTIGUOUS;
    return new PreTokenizer.Split(
        PatternFinderJson.regex(json.file(), "pattern", "\\p{N}"), behavior, false);
  }
}
