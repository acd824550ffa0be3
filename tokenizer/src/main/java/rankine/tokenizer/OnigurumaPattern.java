package rankine.tokenizer;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import rankine.common.Shown;
import rankine.common.TokenizerException;

/**
 * Translates the regular expressions of tokenizer files, which Hugging Face tokenizers reads with
 * Oniguruma (Ruby syntax, Unicode), into {@link java.util.regex}.
 *
 * <p>Only syntax that means the same in both is taken over; {@code \s} and {@code \d} are written
 * as the Unicode properties that they are in Oniguruma. Everything else is refused, and so is a
 * pattern that can match nothing at all, or that repeats a group without bound (for which Java's
 * matcher needs a stack as deep as the text is long).
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

  /** Letters that case folding may join with others: their pairs are refused under (?i:. */
  private static final Set<String> FOLDED_PAIRS = Set.of("ss", "ff", "fi", "fl", "st");

  private static final int DEPTH = 32;
  private static final int LARGEST_REPEAT = 1000;

  private final String file;
  private final String key;
  private final String regex;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int depth;
  private int ignoringCase;

  private OnigurumaPattern(String file, String key, String regex) {
    this.file = file;
    this.key = key;
    this.regex = regex;
  }

  /** The pattern {@code regex}, found under {@code key} of {@code file}. */
  static Pattern compile(String file, String key, String regex) {
    OnigurumaPattern translation = new OnigurumaPattern(file, key, regex);
    boolean empty = translation.alternatives();
    if (translation.at < regex.length()) {
      throw translation.refuse("\")\" without \"(\"");
    }
    if (empty) {
      throw TokenizerException.of(
          file, key, "a pattern that matches at least one character", show(regex));
    }
    try {
      return Pattern.compile(translation.out.toString());
    } catch (PatternSyntaxException e) {
      throw TokenizerException.of(file, key, "a regular expression", show(regex), e);
    }
  }

  /** Each of these methods says whether what it has read can match the empty string. */
  private boolean alternatives() {
    boolean empty = sequence();
    while (peek() == '|') {
      at++;
      out.append('|');
      empty |= sequence();
    }
    return empty;
  }

  private boolean sequence() {
    boolean empty = true;
    int literal = -1;
    while (at < regex.length() && peek() != '|' && peek() != ')') {
      int before = at;
      boolean group = peek() == '(';
      boolean set = peek() == '[';
      int start = out.length();
      boolean atomEmpty = group ? group() : atom(literal);
      literal = group || set || peek(before) == '\\' ? -1 : regex.codePointAt(before);
      if ("?*+{".indexOf(peek()) >= 0 && at < regex.length()) {
        atomEmpty |= quantifier(group, atomEmpty, start);
        literal = -1;
      }
      empty &= atomEmpty;
    }
    return empty;
  }

  private boolean group() {
    if (++depth > DEPTH) {
      throw refuse("groups nested deeper than " + DEPTH);
    }
    boolean look = false;
    boolean folding = false;
    if (regex.startsWith("(?:", at) || regex.startsWith("(?>", at)) {
      out.append(regex, at, at + 3);
      at += 3;
    } else if (regex.startsWith("(?=", at) || regex.startsWith("(?!", at)) {
      look = true;
      out.append(regex, at, at + 3);
      at += 3;
    } else if (regex.startsWith("(?i:", at)) {
      folding = true;
      out.append("(?iu:");
      at += 4;
    } else if (regex.startsWith("(?", at)) {
      throw refuse(show(regex.substring(at, Math.min(at + 4, regex.length()))));
    } else {
      out.append("(?:");
      at++;
    }
    ignoringCase += folding ? 1 : 0;
    boolean empty = alternatives();
    ignoringCase -= folding ? 1 : 0;
    if (peek() != ')') {
      throw refuse("\"(\" without \")\"");
    }
    at++;
    depth--;
    out.append(')');
    return look || empty;
  }

  /**
   * Reads one character, set or escape.
   *
   * @param literal the plain character just before, or -1
   */
  private boolean atom(int literal) {
    char c = peek();
    switch (c) {
      case '[' -> set();
      case '\\' -> escape(false);
      case '.', '^', '$', '?', '*', '+', '{' -> throw refuse(show(String.valueOf(c)));
      default -> {
        int point = regex.codePointAt(at);
        checkFolding(literal, point);
        literal(point);
        at += Character.charCount(point);
      }
    }
    return false;
  }

  private void checkFolding(int before, int point) {
    if (ignoringCase == 0) {
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
    at++;
    if (peek() == '^') {
      if (ignoringCase > 0) {
        throw refuse("\"[^\" under (?i:");
      }
      out.append('^');
      at++;
    }
    int members = 0;
    while (peek() != ']' || members == 0) {
      if (at >= regex.length()) {
        throw refuse("\"[\" without \"]\"");
      }
      member();
      members++;
    }
    at++;
    out.append(']');
  }

  private void member() {
    int low = setCharacter();
    if (low >= 0 && peek() == '-' && peek(at + 1) != ']') {
      at++;
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

  /** One character of a set, or -1 for a property, which is then already written. */
  private int setCharacter() {
    char c = peek();
    if (c == '[' || c == ']' || regex.startsWith("&&", at) || at >= regex.length()) {
      throw refuse(show(regex.substring(at, Math.min(at + 2, regex.length()))) + " inside a set");
    }
    if (c == '\\') {
      return escape(true);
    }
    int point = regex.codePointAt(at);
    if (ignoringCase > 0 && point > 0x7F) {
      throw refuse("a character outside ASCII under (?i:");
    }
    at += Character.charCount(point);
    return point;
  }

  /** Reads an escape; a property is written at once, a character only outside sets. */
  private int escape(boolean inSet) {
    char c = peek(at + 1);
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
      if (ignoringCase > 0) {
        throw refuse("a property under (?i:");
      }
      out.append(property);
      if (c != 'p' && c != 'P') {
        at += 2;
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
      throw refuse(show(regex.substring(at, Math.min(at + 2, regex.length()))));
    }
    at += 2;
    if (!inSet) {
      literal(point);
    }
    return point;
  }

  /** {@code \p{Name}}, {@code \P{Name}} or {@code \p{^Name}} at the current place. */
  private String property(boolean negated) {
    int close = regex.indexOf('}', at);
    if (peek(at + 2) != '{' || close < 0) {
      throw refuse("\"\\p\" without {name}");
    }
    String name = regex.substring(at + 3, close);
    boolean not = negated;
    if (name.startsWith("^")) {
      not = !not;
      name = name.substring(1);
    }
    at = close + 1;
    if (PROPERTIES.contains(name)) {
      return (not ? "\\P{" : "\\p{") + name + "}";
    }
    if (SCRIPTS.contains(name)) {
      return (not ? "\\P{Is" : "\\p{Is") + name + "}";
    }
    throw refuse("property " + show(name));
  }

  /** Reads a quantifier and says whether it allows no match at all. */
  private boolean quantifier(boolean group, boolean atomEmpty, int start) {
    char c = peek();
    int least;
    int most;
    if (c == '{') {
      int close = regex.indexOf('}', at);
      String body = close < 0 ? "" : regex.substring(at + 1, close);
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
      if (least > most || least > LARGEST_REPEAT || (!open && most > LARGEST_REPEAT)) {
        throw refuse("repeat {" + body + "}");
      }
      out.append('{').append(body).append('}');
      at = close + 1;
    } else {
      least = c == '+' ? 1 : 0;
      most = c == '?' ? 1 : Integer.MAX_VALUE;
      out.append(c);
      at++;
    }
    if (group && most > 1 && (most == Integer.MAX_VALUE || atomEmpty)) {
      throw refuse("a group repeated without bound: " + show(out.substring(start)));
    }
    char suffix = peek();
    if (c != '{' && (suffix == '?' || suffix == '+')) {
      out.append(suffix);
      at++;
    }
    if (at < regex.length() && "?*+{".indexOf(peek()) >= 0) {
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

  /** The character at the current place; NUL at the end. */
  private char peek() {
    return peek(at);
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
