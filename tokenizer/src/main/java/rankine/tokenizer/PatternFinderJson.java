package rankine.tokenizer;

import static rankine.common.io.JsonKind.STRING;

import rankine.common.io.JsonObject;

/** Reads a pattern of tokenizer.json: {@code {"String": …}} or {@code {"Regex": …}}. */
final class PatternFinderJson {
  private PatternFinderJson() {}

  static PatternFinder read(JsonObject parent, String key) {
    JsonObject json = parent.object(key);
    if (json.has("Regex")) {
      String regex = json.get("Regex", STRING);
      json.done();
      return regex(json.source(), parent.path(key) + ".Regex", regex);
    }
    String string = json.get("String", STRING);
    json.done();
    if (string.isEmpty()) {
      throw json.fault("String", "a pattern that is not empty", "\"\"");
    }
    return new PatternFinder.LiteralFinder(string);
  }

  static PatternFinder regex(String file, String key, String regex) {
    return new PatternFinder.RegexFinder(
        OnigurumaPattern.compile(file, key, regex), file + ": " + key);
  }
}
