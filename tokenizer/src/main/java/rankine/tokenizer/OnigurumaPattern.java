package rankine.tokenizer;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;

/**
 * Translates the regular expressions of tokenizer files, which Hugging Face tokenizers reads with
 * Oniguruma (Ruby syntax, Unicode), into {@link java.util.regex}.
 *
 * <p>Copies only syntax with the same meaning in both; writes {@code \s} and {@code \d} as the
 * Unicode properties that they are in Oniguruma. Refuses all other syntax, patterns that match the
 * empty string, and unbounded repeats of a group (Java's matcher recurses once per repeat, so its
 * stack grows with the text).
 */
final class OnigurumaPattern {
  private static final Set<String> PROPERTIES =
      words(
          "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp"
              + " Cc Cf Co");
  private static final Set<String> SCRIPTS =
      words("Han Hiragana Katakana Hangul Latin Greek Cyrillic Arabic Hebrew Thai Devanagari");
  private static final String WHITE_SPACE = "\\p{IsWhite_Space}";
  private static final String NOT_WHITE_SPACE = "\\P{IsWhite_Space}";

  /**
   * Letter pairs that case folding may equate with one character (ss: U+00DF); refused under (?i:.
   */
  private static final Set<String> FOLDED_PAIRS = Set.of("ss", "ff", "fi", "fl", "st");

  private static final int MAX_DEPTH = 32;
  private static final int MAX_REPEAT = 1000;

  private final String file;
  private final String key;
  private final String regex;
  private final StringBuilder out = new StringBuilder();
  private int position;
  private int depth;
  private int caselessDepth;

  private OnigurumaPattern(String file, String key, String regex) {
    this.file = file;
    this.key = key;
    this.regex = regex;
  }

  /** Compiles {@code regex}; error messages name {@code key} of {@code file}. */
  static Pattern compile(String file, String key, String regex) {
    OnigurumaPattern translator = new OnigurumaPattern(file, key, regex);
    boolean nullable = translator.alternatives();
    if (translator.position < regex.length()) {
      throw translator.refuse("\")\" without \"(\"");
    }
    if (nullable) {
      throw TokenizerException.of(
          file, key, "a pattern that matches at least one character", show(regex));
    }
    try {
      return Pattern.compile(translator.out.toString());
    } catch (PatternSyntaxException e) {
      throw TokenizerException.of(file, key, "a regular expression", show(regex), e);
    }
  }

  /**
   * Translates alternatives. Like the methods below, returns whether they match the empty string.
   */
  private boolean alternatives() {
    boolean nullable = sequence();
    while (peek() == '|') {
      position++;
      out.append('|');
      nullable |= sequence();
    }
    return nullable;
  }

  private boolean sequence() {
    boolean nullable = true;
    int literal = -1;
    while (position < regex.length() && peek() != '|' && peek() != ')') {
      int before = position;
      boolean group = peek() == '(';
      boolean set = peek() == '[';
      int start = out.length();
      boolean atomNullable = group ? group() : atom(literal);
      literal = group || set || peek(before) == '\\' ? -1 : regex.codePointAt(before);
      if ("?*+{".indexOf(peek()) >= 0 && position < regex.length()) {
        atomNullable |= quantifier(group, atomNullable, start);
        literal = -1;
      }
      nullable &= atomNullable;
    }
    return nullable;
  }

  private boolean group() {
    if (++depth > MAX_DEPTH) {
      throw refuse("groups nested deeper than " + MAX_DEPTH);
    }
    boolean lookahead = false;
    boolean caseless = false;
    if (regex.startsWith("(?:", position) || regex.startsWith("(?>", position)) {
      out.append(regex, position, position + 3);
      position += 3;
    } else if (regex.startsWith("(?=", position) || regex.startsWith("(?!", position)) {
      lookahead = true;
      out.append(regex, position, position + 3);
      position += 3;
    } else if (regex.startsWith("(?i:", position)) {
      caseless = true;
      out.append("(?iu:");
      position += 4;
    } else if (regex.startsWith("(?", position)) {
      throw refuse(show(regex.substring(position, Math.min(position + 4, regex.length()))));
    } else {
      out.append("(?:");
      position++;
    }
    caselessDepth += caseless ? 1 : 0;
    boolean nullable = alternatives();
    caselessDepth -= caseless ? 1 : 0;
    if (peek() != ')') {
      throw refuse("\"(\" without \")\"");
    }
    position++;
    depth--;
    out.append(')');
    return lookahead || nullable;
  }

  /**
   * Reads one character, set or escape.
   *
   * @param literal the literal character before this one, or -1
   */
  private boolean atom(int literal) {
    char c = peek();
    switch (c) {
      case '[' -> set();
      case '\\' -> escape(false);
      case '.', '^', '$', '?', '*', '+', '{' -> throw refuse(show(String.valueOf(c)));
      default -> {
        int point = regex.codePointAt(position);
        checkFolding(literal, point);
        literal(point);
        position += Character.charCount(point);
      }
    }
    return false;
  }

  private void checkFolding(int before, int point) {
    if (caselessDepth == 0) {
      return;
    }
    if (point > 0x7F) {
      throw refuse("a character outside ASCII under (?i:");
    }
    if (before > 0) {
      String pair = Character.toString(before) + Character.toString(point);
      if (FOLDED_PAIRS.contains(pair.toLowerCase(Locale.ROOT))) {
        throw refuse(show(pair) + " under (?i:");
      }
    }
  }

  private void set() {
    out.append('[');
    position++;
    if (peek() == '^') {
      if (caselessDepth > 0) {
        throw refuse("\"[^\" under (?i:");
      }
      out.append('^');
      position++;
    }
    int members = 0;
    while (peek() != ']' || members == 0) {
      if (position >= regex.length()) {
        throw refuse("\"[\" without \"]\"");
      }
      member();
      members++;
    }
    position++;
    out.append(']');
  }

  private void member() {
    int low = setCharacter();
    if (low >= 0 && peek() == '-' && peek(position + 1) != ']') {
      position++;
      int high = setCharacter();
      if (high < low) {
        throw refuse("a range whose end is not a later character");
      }
      literal(low);
      out.append('-');
      literal(high);
    } else if (low >= 0) {
      literal(low);
    }
  }

  /** Reads one character of a set; returns -1 for a property, which it writes itself. */
  private int setCharacter() {
    char c = peek();
    if (c == '[' || c == ']' || regex.startsWith("&&", position) || position >= regex.length()) {
      throw refuse(
          show(regex.substring(position, Math.min(position + 2, regex.length())))
              + " inside a set");
    }
    if (c == '\\') {
      return escape(true);
    }
    int point = regex.codePointAt(position);
    if (caselessDepth > 0 && point > 0x7F) {
      throw refuse("a character outside ASCII under (?i:");
    }
    position += Character.charCount(point);
    return point;
  }

  /** Reads an escape. Writes a property at once, a character only outside sets. */
  private int escape(boolean inSet) {
    char c = peek(position + 1);
    String property =
        switch (c) {
          case 's' -> WHITE_SPACE;
          case 'S' -> NOT_WHITE_SPACE;
          case 'd' -> "\\p{Nd}";
          case 'D' -> "\\P{Nd}";
          case 'p', 'P' -> property(c == 'P');
          default -> null;
        };
    if (property != null) {
      if (caselessDepth > 0) {
        throw refuse("a property under (?i:");
      }
      out.append(property);
      if (c != 'p' && c != 'P') {
        position += 2;
      }
      return -1;
    }
    int point =
        switch (c) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'f' -> '\f';
          default -> c;
        };
    boolean letterOrDigit = Character.isLetterOrDigit(c) && "nrtf".indexOf(c) < 0;
    if (letterOrDigit || c > 0x7E || c < ' ') {
      throw refuse(show(regex.substring(position, Math.min(position + 2, regex.length()))));
    }
    position += 2;
    if (!inSet) {
      literal(point);
    }
    return point;
  }

  /** {@code \p{Name}}, {@code \P{Name}} or {@code \p{^Name}} at the current position. */
  private String property(boolean negated) {
    int close = regex.indexOf('}', position);
    if (peek(position + 2) != '{' || close < 0) {
      throw refuse("\"\\p\" without {name}");
    }
    String name = regex.substring(position + 3, close);
    boolean not = negated;
    if (name.startsWith("^")) {
      not = !not;
      name = name.substring(1);
    }
    position = close + 1;
    if (PROPERTIES.contains(name)) {
      return (not ? "\\P{" : "\\p{") + name + "}";
    }
    if (SCRIPTS.contains(name)) {
      return (not ? "\\P{Is" : "\\p{Is") + name + "}";
    }
    throw refuse("property " + show(name));
  }

  /** Reads a quantifier; returns whether it allows zero repeats. */
  private boolean quantifier(boolean group, boolean atomNullable, int start) {
    char c = peek();
    int least;
    int most;
    if (c == '{') {
      int close = regex.indexOf('}', position);
      String body = close < 0 ? "" : regex.substring(position + 1, close);
      if (!body.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
        throw refuse("\"{\" that begins no {m}, {m,} or {m,n}");
      }
      int comma = body.indexOf(',');
      least = Integer.parseInt(comma < 0 ? body : body.substring(0, comma));
      boolean open = comma == body.length() - 1;
      most =
          comma < 0
              ? least
              : open ? Integer.MAX_VALUE : Integer.parseInt(body.substring(comma + 1));
      if (least > most || least > MAX_REPEAT || (!open && most > MAX_REPEAT)) {
        throw refuse("repeat {" + body + "}");
      }
      out.append('{').append(body).append('}');
      position = close + 1;
    } else {
      least = c == '+' ? 1 : 0;
      most = c == '?' ? 1 : Integer.MAX_VALUE;
      out.append(c);
      position++;
    }
    if (group && most > 1 && (most == Integer.MAX_VALUE || atomNullable)) {
      throw refuse("a group repeated without bound: " + show(out.substring(start)));
    }
    char suffix = peek();
    if (c != '{' && (suffix == '?' || suffix == '+')) {
      out.append(suffix);
      position++;
    }
    if (position < regex.length() && "?*+{".indexOf(peek()) >= 0) {
      throw refuse("a quantifier of a quantifier");
    }
    return least == 0;
  }

  private void literal(int point) {
    boolean plain = point < 0x80 && Character.isLetterOrDigit(point);
    if (plain) {
      out.append((char) point);
    } else {
      out.append("\\x{").append(Integer.toHexString(point)).append('}');
    }
  }

  /** The character at the current position; NUL at the end. */
  private char peek() {
    return peek(position);
  }

  private char peek(int index) {
    return index < regex.length() ? regex.charAt(index) : '\0';
  }

  private TokenizerException refuse(String found) {
    return TokenizerException.of(
        file, key, "regular expression syntax that is implemented", found + " in " + show(regex));
  }

  private static Set<String> words(String spaced) {
    return Set.of(spaced.split(" "));
  }

  private static String show(String text) {
    return Shown.quote(text);
  }
}
