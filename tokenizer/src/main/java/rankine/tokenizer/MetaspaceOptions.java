package rankine.tokenizer;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;

import rankine.common.io.JsonObject;
import rankine.common.io.Shown;
import rankine.tokenizer.PreTokenizer.MetaspacePreTokenizer.Scheme;

/** The options of {@code Metaspace}, the same for pre-tokenizer and decoder. */
record MetaspaceOptions(char replacement, Scheme scheme, boolean split) {
  static MetaspaceOptions read(JsonObject json) {
    String replacement = json.get("replacement", STRING);
    if (replacement.length() != 1) {
      throw json.fault("replacement", "one character", Shown.quote(replacement));
    }
    json.ignore("str_rep"); // repeats the replacement
    Scheme scheme = json.has("prepend_scheme") ? scheme(json) : null;
    // The legacy form of prepend_scheme; a file with both must not contradict itself.
    if (json.has("add_prefix_space")) {
      boolean prefix = json.get("add_prefix_space", FLAG);
      if (scheme == null) {
        scheme = prefix ? Scheme.ALWAYS : Scheme.NEVER;
      } else if (!prefix && scheme != Scheme.NEVER) {
        throw json.fault("add_prefix_space", "the same as prepend_scheme", "false");
      }
    }
    return new MetaspaceOptions(
        replacement.charAt(0),
        scheme == null ? Scheme.ALWAYS : scheme,
        json.get("split", FLAG, true));
  }

  private static Scheme scheme(JsonObject json) {
    String scheme = json.get("prepend_scheme", STRING);
    return switch (scheme) {
      case "always" -> Scheme.ALWAYS;
      case "first" -> Scheme.FIRST;
      case "never" -> Scheme.NEVER;
      default -> throw json.fault("prepend_scheme", "always, first or never", Shown.quote(scheme));
    };
  }
}
