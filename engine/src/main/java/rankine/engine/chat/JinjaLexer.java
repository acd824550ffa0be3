package rankine.engine.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.io.Shown;

/**
 * Divides a Jinja2 template into text and tags. White space around tags is as {@code trim_blocks},
 * {@code lstrip_blocks} and the signs of Jinja2's lexer say; comments and one line break at the end
 * are removed.
 */
final class JinjaLexer {
  /** A name, a number, the quote that begins a string, or a symbol. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:([A-Za-z_]\\w*)|(\\d+(?:\\.\\d+)?)|(['\"])"
              + "|(//|\\*\\*|==|!=|>=|<=|[-+*/%~<>=.:|,()\\[\\]{}]))",
          Pattern.DOTALL);

  private static final Pattern RAW_END = Pattern.compile("\\{%(-?)\\s*endraw\\s*([-+]?)%\\}");

  private static final int MAX_BRACKETS = 64;

  enum Kind {
    NAME,
    NUMBER,
    STRING,
    SYMBOL
  }

  record Token(Kind kind, String text) {
    boolean is(String other) {
      return kind != Kind.STRING && text.equals(other);
    }
  }

  /** What follows a text. */
  sealed interface JinjaTag {
    /** <code>{{ … }}</code>. */
    record Output(List<Token> tokens) implements JinjaTag {}

    /** <code>{% … %}</code>. */
    record Statement(List<Token> tokens) implements JinjaTag {}

    /** The text between <code>{% raw %}</code> and its end. */
    record Verbatim(String content) implements JinjaTag {}

    /** A comment, or the end of the template. */
    record Nothing() implements JinjaTag {}
  }

  /** A text without tags, perhaps empty, and the tag after it. */
  record Piece(String text, JinjaTag tag) {}

  private final String file;
  private final String source;
  private int at;
  private boolean lineStarts = true;

  /**
   * @param file the template's origin, for messages
   */
  JinjaLexer(String file, String template) {
    this.file = file;
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
  }

  boolean hasNext() {
    return at < source.length();
  }

  Piece next() {
    int begin = nextTag();
    String text = source.substring(at, begin);
    if (begin == source.length()) {
      at = begin;
      return new Piece(text, new JinjaTag.Nothing());
    }
    char kind = source.charAt(begin + 1);
    int inner = begin + 2;
    char sign = inner < source.length() ? source.charAt(inner) : ' ';
    if (sign == '-') {
      text = text.stripTrailing();
    } else if (sign != '+' && kind != '{') {
      text = withoutIndent(text);
    }
    at = sign == '-' || (sign == '+' && kind != '{') ? inner + 1 : inner;
    return new Piece(
        text,
        switch (kind) {
          case '#' -> comment(begin);
          case '{' -> new JinjaTag.Output(tokens("}}", begin));
          default -> {
            List<Token> tokens = tokens("%}", begin);
            yield tokens.size() == 1 && tokens.getFirst().is("raw")
                ? raw(begin)
                : new JinjaTag.Statement(tokens);
          }
        });
  }

  private int nextTag() {
    for (int i = at; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  /** Removes white space between the start of a line and a tag, as lstrip_blocks does. */
  private String withoutIndent(String data) {
    int line = data.lastIndexOf('\n') + 1;
    boolean starts = line > 0 || lineStarts;
    return starts && data.substring(line).isBlank() ? data.substring(0, line) : data;
  }

  private JinjaTag comment(int begin) {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw JinjaSource.refused(file, "an end of the comment", where(begin));
    }
    after(end, source.charAt(end - 1));
    return new JinjaTag.Nothing();
  }

  private JinjaTag raw(int begin) {
    Matcher end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw JinjaSource.refused(file, "an end of {% raw %}", where(begin));
    }
    String content = source.substring(at, end.start());
    content = end.group(1).equals("-") ? content.stripTrailing() : withoutIndent(content);
    after(end.end() - 2, end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
    return new JinjaTag.Verbatim(content);
  }

  /** Moves after a block's or comment's end of two characters, and the white space it takes. */
  private void after(int end, char sign) {
    at = end + 2;
    if (sign == '-') {
      skipSpace();
    } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineStarts = source.charAt(at - 1) == '\n';
  }

  private void skipSpace() {
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
  }

  /** Reads the tokens of a tag and moves after its end. */
  private List<Token> tokens(String end, int begin) {
    List<Token> tokens = new ArrayList<>();
    Deque<Character> brackets = new ArrayDeque<>();
    Matcher matcher = TOKEN.matcher(source);
    while (true) {
      int i = at;
      while (i < source.length() && Character.isWhitespace(source.charAt(i))) {
        i++;
      }
      if (brackets.isEmpty()) {
        boolean signed = i < source.length() && "-+".indexOf(source.charAt(i)) >= 0;
        int endAt = signed && source.startsWith(end, i + 1) ? i + 1 : i;
        if (source.startsWith(end, endAt)) {
          char sign = endAt > i ? source.charAt(i) : ' ';
          if (end.equals("%}")) {
            after(endAt, sign);
          } else {
            at = endAt + 2;
            if (sign == '-') {
              skipSpace();
            }
            lineStarts = source.charAt(at - 1) == '\n';
          }
          return tokens;
        }
      }
      if (!matcher.find(at) || matcher.start() != at) {
        throw JinjaSource.refused(file, "an expression of Jinja and " + end, where(begin));
      }
      at = matcher.group(3) == null ? matcher.end() : endOfString(matcher.start(3));
      if (at < 0) {
        throw JinjaSource.refused(file, "an expression of Jinja and " + end, where(begin));
      }
      Token token = token(matcher);
      tokens.add(token);
      if (token.kind() == Kind.SYMBOL) {
        char symbol = token.text().charAt(0);
        if ("([{".indexOf(symbol) >= 0) {
          brackets.push(symbol);
          if (brackets.size() > MAX_BRACKETS) { // rewriting recurses once per bracket
            throw JinjaSource.refused(
                file, "at most " + MAX_BRACKETS + " open brackets", where("more", begin));
          }
        } else if (")]}".indexOf(symbol) >= 0) {
          if (brackets.isEmpty() || "([{".indexOf(brackets.pop()) != ")]}".indexOf(symbol)) {
            throw JinjaSource.refused(file, "matching brackets", where(begin));
          }
        }
      }
    }
  }

  private Token token(Matcher m) {
    if (m.group(1) != null) {
      return new Token(Kind.NAME, m.group(1));
    } else if (m.group(2) != null) {
      return new Token(Kind.NUMBER, m.group(2));
    } else if (m.group(3) != null) {
      return new Token(Kind.STRING, unescaped(source.substring(m.start(3), at)));
    }
    return new Token(Kind.SYMBOL, m.group(4));
  }

  /**
   * Returns the position after the literal that begins at {@code from}; -1 if it does not end. A
   * pattern would recurse once per character.
   */
  private int endOfString(int from) {
    char quote = source.charAt(from);
    int i = from + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    return i < source.length() ? i + 1 : -1;
  }

  /** Returns the value of a literal with quotes; escapes are Python's, an unknown one stays. */
  private String unescaped(String literal) {
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < literal.length() - 1; i++) {
      char c = literal.charAt(i);
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char escape = literal.charAt(++i);
      int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      if (digits > 0 && i + digits < literal.length() - 1) {
        value.appendCodePoint(codePoint(literal.substring(i - 1, i + 1 + digits)));
        i += digits;
      } else {
        switch (escape) {
          case 'n' -> value.append('\n');
          case 't' -> value.append('\t');
          case 'r' -> value.append('\r');
          case '\\', '\'', '"' -> value.append(escape);
          case '\n' -> {}
          default -> value.append('\\').append(escape);
        }
      }
    }
    return value.toString();
  }

  /** Returns the character of an escape such as {@code \x41}. */
  private int codePoint(String escape) {
    String digits = escape.substring(2);
    if (digits.chars().allMatch(HexFormat::isHexDigit)) {
      long value = Long.parseLong(digits, 16);
      if (value <= Character.MAX_CODE_POINT) {
        return (int) value;
      }
    }
    throw JinjaSource.refused(file, "the hexadecimal digits of a character", Shown.quote(escape));
  }

  private String where(int begin) {
    return where("none", begin);
  }

  private String where(String found, int begin) {
    int line = (int) source.substring(0, begin).chars().filter(c -> c == '\n').count() + 1;
    return "%s in line %d: %s"
        .formatted(
            found,
            line,
            Shown.quote(source.substring(begin, Math.min(source.length(), begin + 40))));
  }
}
