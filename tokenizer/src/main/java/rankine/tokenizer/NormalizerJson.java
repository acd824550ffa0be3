package rankine.tokenizer;

import java.text.Normalizer.Form;
import java.util.List;
import rankine.common.TokenizerException;

/** Reads the {@code normalizer} of tokenizer.json. */
final class NormalizerJson {
  private NormalizerJson() {}

  static Normalizer read(Component json) {
    String type = json.string("type");
    Normalizer normalizer =
        switch (type) {
          case "Sequence" ->
              new Normalizer.NormalizerSequence(
                  json.children("normalizers").stream().map(NormalizerJson::read).toList());
          case "NFC", "NFD", "NFKC", "NFKD" -> new Normalizer.Unicode(Form.valueOf(type));
          case "Prepend" -> new Normalizer.Prepend(json.string("prepend"));
          case "Replace" ->
              new Normalizer.ReplaceNormalizer(
                  PatternFinderJson.read(json, "pattern"), json.string("content"));
          case "Lowercase" -> new Normalizer.Lowercase();
          case "Strip" ->
              new Normalizer.StripNormalizer(json.bool("strip_left"), json.bool("strip_right"));
          default ->
              throw json.fault(
                  "type",
                  "a normalizer that is implemented (NFC, NFD, NFKC, NFKD, Prepend, Replace,"
                      + " Lowercase, Strip, Sequence)",
                  TokenizerException.quote(type));
        };
    json.done();
    return normalizer;
  }

  /** Leaves text as it is. */
  static Normalizer none() {
    return new Normalizer.NormalizerSequence(List.of());
  }
}
