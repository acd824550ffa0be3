package rankine.engine.chat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import rankine.common.io.Shown;
import rankine.engine.chat.JinjaLexer.Kind;
import rankine.engine.chat.JinjaLexer.Token;

/** Rewrites expressions of Jinja2 for Jinjava: the tokens of a tag, or some of them. */
final class JinjaExpression {
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

  private final String file;
  private final List<Token> tokens;
  private final UnaryOperator<String> variables;
  private final boolean inConditionalLoop;

  /**
   * @param file the template's origin, for messages
   * @param variables returns the variable of a string literal
   * @param inConditionalLoop whether the innermost loop around the expression has a condition
   */
  JinjaExpression(
      String file, List<Token> tokens, UnaryOperator<String> variables, boolean inConditionalLoop) {
    this.file = file;
    this.tokens = tokens;
    this.variables = variables;
    this.inConditionalLoop = inConditionalLoop;
  }

  int size() {
    return tokens.size();
  }

  /** Returns the index of a word outside brackets, from {@code from} on; -1 if none. */
  int find(String word, int from) {
    int depth = 0;
    for (int i = from; i < tokens.size(); i++) {
      depth += depth(tokens.get(i));
      if (depth == 0 && tokens.get(i).is(word)) {
        return i;
      }
    }
    return -1;
  }

  private static int depth(Token token) {
    if (token.kind() != Kind.SYMBOL) {
      return 0;
    }
    return "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
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
          switch (token.kind()) {
            case NAME -> !WORDS.contains(token.text());
            case NUMBER, STRING -> true;
            case SYMBOL -> "([{".contains(token.text());
          };
      if (operand) {
        i = operand(i, to, text);
      } else {
        text.append(token.text());
        i++;
      }
    }
    return text.toString();
  }

  private Token at(int i, int to) {
    return i < to ? tokens.get(i) : new Token(Kind.SYMBOL, "");
  }

  /** Rewrites a value with all that binds to it; returns the index after it. */
  private int operand(int from, int to, StringBuilder text) {
    StringBuilder value = new StringBuilder();
    int i = primary(from, to, value);
    while (true) {
      Token token = at(i, to);
      if (token.is(".") && at(i + 1, to).kind() == Kind.NAME) {
        value.append('.').append(tokens.get(i + 1).text());
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
    switch (token.kind()) {
      case STRING -> {
        StringBuilder literal = new StringBuilder(token.text());
        for (; at(i, to).kind() == Kind.STRING; i++) {
          literal.append(tokens.get(i).text()); // adjacent literals are one
        }
        value.append(variables.apply(literal.toString()));
      }
      case NAME -> {
        if (token.text().equals("loop") && inConditionalLoop) {
          // Jinja2 counts the elements that meet the condition, Jinjava would count all.
          throw JinjaSource.refused(
              file, "loop in a for without a condition", "it in {% for … in … if … %}");
        }
        if (JinjaSource.OWN_FUNCTIONS.contains(token.text()) && at(i, to).is("(")) {
          value.append(JinjaSource.FUNCTIONS).append('.');
        }
        value.append(CONSTANTS.getOrDefault(token.text(), token.text()));
      }
      case NUMBER -> value.append(token.text());
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
    value.append(tokens.get(from).text()).append(' ');
    int start = from + 1;
    int depth = 0;
    for (int i = start; i <= end; i++) {
      if (i == end || (depth == 0 && tokens.get(i).is(","))) {
        if (at(start + 1, i).is("=") && i - start > 3) {
          value.append(tokens.get(start).text()).append("=(");
          value.append(part(start + 2, i)).append(')');
        } else {
          value.append(part(start, i));
        }
        value.append(i == end ? " " : ", ");
        start = i + 1;
      }
      depth += depth(tokens.get(i));
    }
    value.append(tokens.get(end).text());
    return end + 1;
  }

  /** Rewrites a map to a call with its keys and values: Jinjava's maps become lists in brackets. */
  private int map(int from, int to, StringBuilder value) {
    int end = closing(from, to);
    value.append(JinjaSource.FUNCTIONS).append(".map(");
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
    throw JinjaSource.refused(file, "matching brackets", "an open one");
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
      throw JinjaSource.refused(file, "a slice [a:b] or [::-1]", "one with another step");
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
    } else if (next.kind() == Kind.STRING
        || next.kind() == Kind.NUMBER
        || next.is("[")
        || (next.kind() == Kind.NAME && !WORDS.contains(next.text()))) {
      i = primary(i, to, value);
    }
    value.append(')');
    return i;
  }

  private String known(Token name, Set<String> all, String what) {
    if (name.kind() != Kind.NAME || !all.contains(name.text())) {
      throw JinjaSource.refused(file, what + " that Rankine knows", Shown.quote(name.text()));
    }
    return name.text();
  }
}
