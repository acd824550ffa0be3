package rankine.tokenizer;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;

import java.text.Normalizer.Form;
import java.util.List;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/** Reads the {@code normalizer} of tokenizer.json. */
final class NormalizerJson {
  private NormalizerJson() {}

  static Normalizer read(JsonObject json) {
    String type = json.get("type", STRING);
    Normalizer normalizer =
        switch (type) {
          case "Sequence" ->
              new Normalizer.NormalizerSequence(
                  json.objects("normalizers").stream().map(NormalizerJson::read).toList());
          case "NFC", "NFD", "NFKC", "NFKD" -> new Normalizer.Unicode(Form.valueOf(type));
          case "Prepend" -> new Normalizer.Prepend(json.get("prepend", STRING));
          case "Replace" ->
              new Normalizer.ReplaceNormalizer(
                  PatternFinderJson.read(json, "pattern"), json.get("content", STRING));
          case "Lowercase" -> new Normalizer.Lowercase();
          case "Strip" ->
              new Normalizer.StripNormalizer(
                  json.get("strip_left", FLAG), json.get("strip_right", FLAG));
          default ->
              throw json.fault(
                  "type",
                  "a normalizer that is implemented (NFC, NFD, NFKC, NFKD, Prepend, Replace,"
                      + " Lowercase, Strip, Sequence)",
                  Shown.quote(type));
        };
    json.done();
    return normalizer;
  }

  /** The identity. */
  static Normalizer none() {
    return new Normalizer.NormalizerSequence(List.of());
  }
}
