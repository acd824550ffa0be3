package rankine.tokenizer;

/** Reads a pattern of tokenizer.json: {@code {"String": …}} or {@code {"Regex": …}}. */
final class PatternFinderJson {
  private PatternFinderJson() {}

  static PatternFinder read(Component parent, String key) {
    Component json = parent.child(key);
    if (json.has("Regex")) {
      String regex = json.string("Regex");
      json.done();
      return regex(json.file(), parent.path(key) + ".Regex", regex);
    }
    String string = json.string("String");
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
