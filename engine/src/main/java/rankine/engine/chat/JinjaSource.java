package rankine.engine.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;

/**
 * A Jinja2 template, rewritten for Jinjava.
 *
 * <p>Here, because Jinjava does otherwise: white space around tags as {@code trim_blocks}, {@code
 * lstrip_blocks} and the signs of Jinja2's lexer say, comments and one line break at the end
 * removed; string literals, with Python's escapes, become variables (Jinjava takes braces in them
 * for tags); a test binds tighter than {@code not} and the operators; {@code [::-1]} reverses; a
 * loop's condition becomes an {@code if}. Refused by name: unknown tags, filters and tests, which
 * Jinjava drops silently, {@code for … else} and other steps of slices.
 *
 * @param text the template for Jinjava
 * @param strings the literals, by the name of their variable
 */
record JinjaSource(String text, Map<String, Object> strings) {
  /** The variable whose methods are the functions that transformers adds. */
  static final String FUNCTIONS = "rankine_functions";

  /** The functions that transformers adds. */
  static final Set<String> OWN_FUNCTIONS = Set.of("raise_exception", "strftime_now");

  private static final Set<String> FILTERS =
      Set.of(
          "capitalize",
          "count",
          "d",
          "default",
          "first",
          "int",
          "items",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "rejectattr",
          "replace",
          "reverse",
          "safe",
          "selectattr",
          "string",
          "title",
          "tojson",
          "trim",
          "upper");
  private static final Set<String> TESTS =
      Set.of(
          "boolean",
          "defined",
          "divisibleby",
          "equalto",
          "even",
          "false",
          "in",
          "iterable",
          "mapping",
          "none",
          "number",
          "odd",
          "sequence",
          "string",
          "true",
          "undefined");
  private static final Set<String> WORDS =
      Set.of("and", "or", "not", "in", "is", "if", "else", "recursive");
  private static final Map<String, String> CONSTANTS =
      Map.of("True", "true", "False", "false", "None", "null", "none", "null");

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:([A-Za-z_]\\w*)|(\\d+(?:\\.\\d+)?)|('(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(//|\\*\\*|==|!=|>=|<=|[-+*/%~<>=.:|,()\\[\\]{}]))",
          Pattern.DOTALL);
  private static final Pattern RAW_END = Pattern.compile("\\{%(-?)\\s*endraw\\s*([-+]?)%\\}");

  JinjaSource {
    strings = Map.copyOf(strings);
  }

  /**
   * Rewrites a template.
   *
   * @param file the template's origin, for messages
   * @throws TokenizerException for a construct that is unknown or cannot be rewritten
   */
  static JinjaSource of(String file, String template) {
    return new Rewriter(file, template.replace("\r\n", "\n").replace('\r', '\n')).rewrite();
  }

  private enum Kind {
    NAME,
    NUMBER,
    STRING,
    SYMBOL
  }

  private record Token(Kind kind, String text) {
    boolean is(String other) {
      return kind != Kind.STRING && text.equals(other);
    }
  }

  /** Divides a template into data and tags. */
  private static final class Rewriter {
    private final String file;
    private final String source;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Object> strings = new LinkedHashMap<>();

    /** The open tags, and what ends each in Jinjava. */
    private final Deque<Open> open = new ArrayDeque<>();

    private int at;
    private boolean lineStarts = true;

    Rewriter(String file, String source) {
      this.file = file;
      this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    }

    /**
     * A tag that has an end.
     *
     * @param conditional whether it is a loop with a condition, which is two tags in Jinjava
     */
    private record Open(String tag, boolean conditional) {}

    JinjaSource rewrite() {
      while (at < source.length()) {
        int begin = nextTag();
        String data = source.substring(at, begin);
        if (begin == source.length()) {
          data(data);
          break;
        }
        char kind = source.charAt(begin + 1);
        int inner = begin + 2;
        char sign = inner < source.length() ? source.charAt(inner) : ' ';
        if (sign == '-') {
          data = data.stripTrailing();
        } else if (sign != '+' && kind != '{') {
          data = withoutIndent(data);
        }
        data(data);
        at = sign == '-' || (sign == '+' && kind != '{') ? inner + 1 : inner;
        switch (kind) {
          case '#' -> comment(begin);
          case '{' -> {
            List<Token> tokens = tokens("}}", begin);
            out.append("{{ (").append(new Expression(tokens).all(0)).append(")|rankine_output }}");
          }
          default -> {
            List<Token> tokens = tokens("%}", begin);
            if (tokens.size() == 1 && tokens.getFirst().is("raw")) {
              raw(begin);
            } else {
              out.append(statement(tokens));
            }
          }
        }
      }
      if (!open.isEmpty()) {
        throw refused("an end of {% " + open.peek().tag + " %}", "none");
      }
      return new JinjaSource(out.toString(), strings);
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

    private void data(String data) {
      out.append(data);
    }

    private void comment(int begin) {
      int end = source.indexOf("#}", at);
      if (end < 0) {
        throw refused("an end of the comment", where(begin));
      }
      after(end, source.charAt(end - 1));
    }

    private void raw(int begin) {
      Matcher end = RAW_END.matcher(source);
      if (!end.find(at)) {
        throw refused("an end of {% raw %}", where(begin));
      }
      String content = source.substring(at, end.start());
      if (end.group(1).equals("-")) {
        content = content.stripTrailing();
      } else {
        content = withoutIndent(content);
      }
      out.append("{{ ").append(variable(content)).append(" }}");
      after(end.end() - 2, end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
    }

    /** Moves behind a block's or comment's end of two characters, and the white space it takes. */
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

    /** Reads the tokens of a tag and moves behind its end. */
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
          throw refused("an expression of Jinja and " + end, where(begin));
        }
        at = matcher.end();
        Token token = token(matcher);
        tokens.add(token);
        if (token.kind == Kind.SYMBOL) {
          char symbol = token.text.charAt(0);
          if ("([{".indexOf(symbol) >= 0) {
            brackets.push(symbol);
          } else if (")]}".indexOf(symbol) >= 0) {
            if (brackets.isEmpty() || "([{".indexOf(brackets.pop()) != ")]}".indexOf(symbol)) {
              throw refused("matching brackets", where(begin));
            }
          }
        }
      }
    }

    private static Token token(Matcher m) {
      if (m.group(1) != null) {
        return new Token(Kind.NAME, m.group(1));
      } else if (m.group(2) != null) {
        return new Token(Kind.NUMBER, m.group(2));
      } else if (m.group(3) != null) {
        return new Token(Kind.STRING, unescaped(m.group(3)));
      }
      return new Token(Kind.SYMBOL, m.group(4));
    }

    /** Returns the value of a literal with quotes; escapes are Python's, an unknown one stays. */
    private static String unescaped(String literal) {
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
          value.appendCodePoint(Integer.parseInt(literal.substring(i + 1, i + 1 + digits), 16));
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

    private String variable(String literal) {
      String name = "rankine_string_" + strings.size();
      strings.put(name, literal);
      return name;
    }

    /** Rewrites a tag; empty for one that only marks text. */
    private String statement(List<Token> tokens) {
      if (tokens.isEmpty() || tokens.getFirst().kind != Kind.NAME) {
        throw refused("the name of a tag", "none");
      }
      String tag = tokens.getFirst().text;
      Expression rest = new Expression(tokens);
      return switch (tag) {
        case "generation", "endgeneration" -> ""; // marks what is trained on
        case "if" -> begin(tag, rest.all(1));
        case "elif" -> tag(tag, rest.all(1));
        case "else" -> {
          if (open.isEmpty() || !open.peek().tag.equals("if")) {
            throw refused("{% else %} of an if", "another one, such as that of a for");
          }
          yield tag(tag, "");
        }
        case "for" -> loop(rest);
        case "set" -> set(tokens, rest);
        case "macro" -> begin(tag, rest.all(1));
        case "break", "continue" -> tag(tag, "");
        case "endif", "endfor", "endset", "endmacro" -> end(tag.substring(3));
        default -> throw refused("a tag that Rankine knows", "{% " + Shown.brief(tag) + " %}");
      };
    }

    private static String tag(String name, String rest) {
      return "{% " + name + (rest.isEmpty() ? "" : " ") + rest + " %}";
    }

    private String begin(String tag, String rest) {
      open.push(new Open(tag, false));
      return tag(tag, rest);
    }

    private String end(String tag) {
      if (open.isEmpty() || !open.peek().tag.equals(tag)) {
        throw refused(
            "{% " + (open.isEmpty() ? "a tag before its end" : "end" + open.peek().tag) + " %}",
            "{% end" + tag + " %}");
      }
      return (open.pop().conditional ? "{% endif %}" : "") + tag("end" + tag, "");
    }

    private String set(List<Token> tokens, Expression rest) {
      int equals = 0;
      while (equals < tokens.size() && !tokens.get(equals).is("=")) {
        equals++;
      }
      if (equals == tokens.size()) {
        return begin("set", rest.all(1));
      }
      return tag("set", rest.part(1, equals) + " = " + rest.all(equals + 1));
    }

    private String loop(Expression rest) {
      int in = rest.find("in", 1);
      if (in < 0) {
        throw refused("{% for NAME in … %}", "no in");
      }
      int condition = rest.find("if", in);
      String head =
          rest.part(1, in) + " in " + rest.part(in + 1, condition < 0 ? rest.size() : condition);
      open.push(new Open("for", condition >= 0));
      return condition < 0
          ? tag("for", head)
          : tag("for", head) + tag("if", rest.all(condition + 1));
    }

    private TokenizerException refused(String expected, String found) {
      return TokenizerException.of(file, "chat_template", expected, found);
    }

    private String where(int begin) {
      int line = (int) source.substring(0, begin).chars().filter(c -> c == '\n').count() + 1;
      return "none in line %d: %s"
          .formatted(
              line, Shown.quote(source.substring(begin, Math.min(source.length(), begin + 40))));
    }

    /** Rewrites the tokens of an expression. */
    private final class Expression {
      private final List<Token> tokens;

      Expression(List<Token> tokens) {
        this.tokens = tokens;
      }

      int size() {
        return tokens.size();
      }

      /** Returns the index of a word outside brackets, from {@code from} on; -1 if none. */
      int find(String word, int from) {
        int depth = 0;
        for (int i = from; i < tokens.size(); i++) {
          depth += depth(tokens.get(i));
          if (depth == 0 && tokens.get(i).is(word) && !isNestedIf(i, word)) {
            return i;
          }
        }
        return -1;
      }

      /** An {@code if} that belongs to {@code a if b else c} is followed by an else. */
      private boolean isNestedIf(int i, String word) {
        return word.equals("if")
            && tokens.subList(i, tokens.size()).stream().anyMatch(token -> token.is("else"));
      }

      private static int depth(Token token) {
        if (token.kind != Kind.SYMBOL) {
          return 0;
        }
        return "([{".contains(token.text) ? 1 : ")]}".contains(token.text) ? -1 : 0;
      }

      String all(int from) {
        return part(from, tokens.size());
      }

      /** Rewrites a range of tokens. */
      String part(int from, int to) {
        StringBuilder text = new StringBuilder();
        int i = from;
        while (i < to) {
          Token token = tokens.get(i);
          if (!text.isEmpty()) {
            text.append(' ');
          }
          boolean operand =
              switch (token.kind) {
                case NAME -> !WORDS.contains(token.text);
                case NUMBER, STRING -> true;
                case SYMBOL -> "([{".contains(token.text);
              };
          if (operand) {
            i = operand(i, to, text);
          } else {
            text.append(token.text);
            i++;
          }
        }
        return text.toString();
      }

      private Token at(int i, int to) {
        return i < to ? tokens.get(i) : new Token(Kind.SYMBOL, "");
      }

      /** Rewrites a value with all that binds to it; returns the index behind it. */
      private int operand(int from, int to, StringBuilder text) {
        StringBuilder value = new StringBuilder();
        int i = primary(from, to, value);
        while (true) {
          Token token = at(i, to);
          if (token.is(".") && at(i + 1, to).kind == Kind.NAME) {
            value.append('.').append(tokens.get(i + 1).text);
            i += 2;
          } else if (token.is("[")) {
            i = subscript(i, to, value);
          } else if (token.is("(")) {
            i = group(i, to, value);
          } else if (token.is("|")) {
            String filter = known(at(i + 1, to), FILTERS, "a filter");
            value.append('|').append(filter);
            i = at(i + 2, to).is("(") ? group(i + 2, to, value) : i + 2;
          } else if (token.is("is")) {
            i = test(i + 1, to, value);
          } else {
            text.append(value);
            return i;
          }
        }
      }

      private int primary(int from, int to, StringBuilder value) {
        Token token = tokens.get(from);
        int i = from + 1;
        switch (token.kind) {
          case STRING -> {
            StringBuilder literal = new StringBuilder(token.text);
            for (; at(i, to).kind == Kind.STRING; i++) {
              literal.append(tokens.get(i).text); // adjacent literals are one
            }
            value.append(variable(literal.toString()));
          }
          case NAME -> {
            if (token.text.equals("loop")) {
              requireNoCondition();
            }
            if (OWN_FUNCTIONS.contains(token.text) && at(i, to).is("(")) {
              value.append(FUNCTIONS).append('.');
            }
            value.append(CONSTANTS.getOrDefault(token.text, token.text));
          }
          case NUMBER -> value.append(token.text);
          case SYMBOL -> i = token.is("{") ? map(from, to, value) : group(from, to, value);
        }
        return i;
      }

      /**
       * Rewrites a bracket and what it contains. A named argument's value gets brackets, because
       * Jinjava ends it at the first operator.
       */
      private int group(int from, int to, StringBuilder value) {
        int end = closing(from, to);
        value.append(tokens.get(from).text).append(' ');
        int start = from + 1;
        int depth = 0;
        for (int i = start; i <= end; i++) {
          if (i == end || (depth == 0 && tokens.get(i).is(","))) {
            if (at(start + 1, i).is("=") && i - start > 3) {
              value.append(tokens.get(start).text).append("=(");
              value.append(part(start + 2, i)).append(')');
            } else {
              value.append(part(start, i));
            }
            value.append(i == end ? " " : ", ");
            start = i + 1;
          }
          depth += depth(tokens.get(i));
        }
        value.append(tokens.get(end).text);
        return end + 1;
      }

      /** Jinja2 counts the elements that meet a loop's condition, Jinjava would count all. */
      private void requireNoCondition() {
        boolean conditional =
            open.stream()
                .filter(tag -> tag.tag.equals("for"))
                .findFirst()
                .map(Open::conditional)
                .orElse(false);
        if (conditional) {
          throw refused("loop in a for without a condition", "it in {% for … in … if … %}");
        }
      }

      /**
       * Rewrites a map to a call with its keys and values: Jinjava's maps become lists in brackets.
       */
      private int map(int from, int to, StringBuilder value) {
        int end = closing(from, to);
        value.append(FUNCTIONS).append(".map(");
        int start = from + 1;
        int depth = 0;
        for (int i = start; i <= end; i++) {
          if (i == end || (depth == 0 && (tokens.get(i).is(",") || tokens.get(i).is(":")))) {
            value.append(part(start, i)).append(i == end ? "" : ", ");
            start = i + 1;
          }
          depth += depth(tokens.get(i));
        }
        value.append(')');
        return end + 1;
      }

      private int closing(int from, int to) {
        int depth = 0;
        for (int i = from; i < to; i++) {
          depth += depth(tokens.get(i));
          if (depth == 0) {
            return i;
          }
        }
        throw refused("matching brackets", "an open one");
      }

      private int subscript(int from, int to, StringBuilder value) {
        int end = closing(from, to);
        List<Token> inner = tokens.subList(from + 1, end);
        int colons = 0;
        int depth = 0;
        for (Token token : inner) {
          depth += depth(token);
          colons += depth == 0 && token.is(":") ? 1 : 0;
        }
        if (colons < 2) {
          return group(from, to, value);
        }
        if (!inner.stream().map(Token::text).toList().equals(List.of(":", ":", "-", "1"))) {
          throw refused("a slice [a:b] or [::-1]", "one with another step");
        }
        value.insert(0, '(').append("|reverse)");
        return end + 1;
      }

      /** Rewrites what follows {@code is}, with brackets around value and test. */
      private int test(int from, int to, StringBuilder value) {
        int i = from;
        value.insert(0, '(').append(" is ");
        if (at(i, to).is("not")) {
          value.append("not ");
          i++;
        }
        value.append(known(at(i, to), TESTS, "a test")).append(' ');
        i++;
        Token next = at(i, to);
        if (next.is("(")) {
          i = group(i, to, value);
        } else if (next.kind == Kind.STRING
            || next.kind == Kind.NUMBER
            || next.is("[")
            || (next.kind == Kind.NAME && !WORDS.contains(next.text))) {
          i = primary(i, to, value);
        }
        value.append(')');
        return i;
      }

      private String known(Token name, Set<String> all, String what) {
        if (name.kind != Kind.NAME || !all.contains(name.text)) {
          throw refused(what + " that Rankine knows", Shown.quote(name.text));
        }
        return name.text;
      }
    }
  }
}
