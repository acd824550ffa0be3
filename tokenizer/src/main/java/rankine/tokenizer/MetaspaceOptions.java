package rankine.tokenizer;

import static rankine.common.JsonKind.FLAG;
import static rankine.common.JsonKind.STRING;

import rankine.common.JsonObject;
import rankine.common.Shown;
import rankine.tokenizer.PreTokenizer.MetaspacePreTokenizer.Scheme;

/** What {@code Metaspace} is told, as pre-tokenizer and as decoder alike. */
record MetaspaceOptions(char replacement, Scheme scheme, boolean split) {
  static MetaspaceOptions read(JsonObject json) {
    String replacement = json.get("replacement", STRING);
    if (replacement.length() != 1) {
      throw json.fault("replacement", "one character", Shown.quote(replacement));
    }
    json.ignore("str_rep"); // the replacement once more
    Scheme scheme = json.has("prepend_scheme") ? scheme(json) : null;
    // The older way to say it; files that say both must not contradict themselves.
    if (json.has("add_prefix_space")) {
      boolean prefix = json.get("add_prefix_space", FLAG);
      if (scheme == null) {
        scheme = prefix ? Scheme.ALWAYS : Scheme.NEVER;
      } else if (!prefix && scheme != Scheme.NEVER) {
        throw json.fault("add_prefix_space", "what prepend_scheme says", "false");
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
