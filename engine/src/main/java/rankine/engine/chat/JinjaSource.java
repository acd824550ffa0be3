package rankine.engine.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;
import rankine.engine.chat.JinjaLexer.JinjaTag;
import rankine.engine.chat.JinjaLexer.Kind;
import rankine.engine.chat.JinjaLexer.Token;

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

  /** The functions that transformers adds, and {@code range}, which a loop may call without end. */
  static final Set<String> OWN_FUNCTIONS = Set.of("raise_exception", "strftime_now", "range");

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
    return new Rewriter(file).rewrite(new JinjaLexer(file, template));
  }

  static TokenizerException refused(String file, String expected, String found) {
    return TokenizerException.of(file, "chat_template", expected, found);
  }

  /** Rewrites tags. */
  private static final class Rewriter {
    private final String file;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Object> strings = new LinkedHashMap<>();

    /** The open tags, and what ends each in Jinjava. */
    private final Deque<Open> open = new ArrayDeque<>();

    Rewriter(String file) {
      this.file = file;
    }

    /**
     * A tag that has an end.
     *
     * @param conditional whether it is a loop with a condition, which is two tags in Jinjava
     */
    private record Open(String tag, boolean conditional) {}

    JinjaSource rewrite(JinjaLexer lexer) {
      while (lexer.hasNext()) {
        JinjaLexer.Piece piece = lexer.next();
        out.append(piece.text());
        switch (piece.tag()) {
          case JinjaTag.Output(List<Token> tokens) ->
              out.append("{{ (").append(expression(tokens).all(0)).append(")|rankine_output }}");
          case JinjaTag.Statement(List<Token> tokens) -> out.append(statement(tokens));
          case JinjaTag.Verbatim(String content) ->
              out.append("{{ ").append(variable(content)).append(" }}");
          case JinjaTag.Nothing() -> {}
        }
      }
      if (!open.isEmpty()) {
        throw refused(file, "an end of {% " + open.peek().tag + " %}", "none");
      }
      return new JinjaSource(out.toString(), strings);
    }

    private JinjaExpression expression(List<Token> tokens) {
      boolean inConditionalLoop =
          open.stream()
              .filter(tag -> tag.tag.equals("for"))
              .findFirst()
              .map(Open::conditional)
              .orElse(false);
      return new JinjaExpression(file, tokens, this::variable, inConditionalLoop);
    }

    private String variable(String literal) {
      String name = "rankine_string_" + strings.size();
      strings.put(name, literal);
      return name;
    }

    /** Rewrites a tag; empty for one that only marks text. */
    private String statement(List<Token> tokens) {
      if (tokens.isEmpty() || tokens.getFirst().kind() != Kind.NAME) {
        throw refused(file, "the name of a tag", "none");
      }
      String tag = tokens.getFirst().text();
      JinjaExpression rest = expression(tokens);
      return switch (tag) {
        case "generation", "endgeneration" -> ""; // marks what is trained on
        case "if" -> begin(tag, rest.all(1));
        case "elif" -> tag(tag, rest.all(1));
        case "else" -> {
          if (open.isEmpty() || !open.peek().tag.equals("if")) {
            throw refused(file, "{% else %} of an if", "another one, such as that of a for");
          }
          yield tag(tag, "");
        }
        case "for" -> loop(rest, tokens);
        case "set" -> set(tokens, rest);
        case "macro" -> begin(tag, rest.all(1));
        case "break", "continue" -> tag(tag, "");
        case "endif", "endfor", "endset", "endmacro" -> end(tag.substring(3));
        default ->
            throw refused(file, "a tag that Rankine knows", "{% " + Shown.brief(tag) + " %}");
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
            file,
            "{% " + (open.isEmpty() ? "a tag before its end" : "end" + open.peek().tag) + " %}",
            "{% end" + tag + " %}");
      }
      return (open.pop().conditional ? "{% endif %}" : "") + tag("end" + tag, "");
    }

    private String set(List<Token> tokens, JinjaExpression rest) {
      int equals = 0;
      while (equals < tokens.size() && !tokens.get(equals).is("=")) {
        equals++;
      }
      if (equals == tokens.size()) {
        return begin("set", rest.all(1));
      }
      return tag("set", rest.part(1, equals) + " = " + rest.all(equals + 1));
    }

    private String loop(JinjaExpression rest, List<Token> tokens) {
      int in = rest.find("in", 1);
      if (in < 0) {
        throw refused(file, "{% for NAME in … %}", "no in");
      }
      int condition = rest.find("if", in); // as in Jinja2, a choice in its place needs brackets
      String head =
          rest.part(1, in) + " in " + rest.part(in + 1, condition < 0 ? rest.size() : condition);
      open.push(new Open("for", condition >= 0));
      return condition < 0
          ? tag("for", head)
          : tag("for", head) + tag("if", expression(tokens).all(condition + 1));
    }
  }
}
