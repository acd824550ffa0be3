package rankine.engine.icl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A text with places for fields: <code>text: {sentence}\n</code>. A field's value is put in as it
 * is; braces in a value mean nothing.
 */
final class PromptTemplate {

  private sealed interface TemplatePiece {}

  private record LiteralText(String text) implements TemplatePiece {}

  private record FieldPlaceholder(String field) implements TemplatePiece {}

  private final String source;
  private final List<TemplatePiece> pieces;

  private PromptTemplate(String source, List<TemplatePiece> pieces) {
    this.source = source;
    this.pieces = List.copyOf(pieces);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException for a brace without its partner or without a field's name
   */
  static PromptTemplate of(String source) {
    List<TemplatePiece> pieces = new ArrayList<>();
    int at = 0;
    while (at < source.length()) {
      int open = source.indexOf('{', at);
      int end = open < 0 ? source.length() : open;
      if (source.substring(at, end).indexOf('}') >= 0) {
        throw new IllegalArgumentException("a '}' without '{'");
      }
      if (end > at) {
        pieces.add(new LiteralText(source.substring(at, end)));
      }
      if (open < 0) {
        break;
      }
      int close = source.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("a '{' without '}'");
      }
      String field = source.substring(open + 1, close);
      if (field.isBlank() || field.indexOf('{') >= 0) {
        throw new IllegalArgumentException("'{" + field + "}' names no field");
      }
      pieces.add(new FieldPlaceholder(field));
      at = close + 1;
    }
    return new PromptTemplate(source, pieces);
  }

  /** The names of the fields, in the order of their first places. */
  Set<String> fields() {
    Set<String> names = new LinkedHashSet<>();
    for (TemplatePiece piece : pieces) {
      if (piece instanceof FieldPlaceholder place) {
        names.add(place.field());
      }
    }
    return names;
  }

  /** The text with each field's value, as {@code values} gives it, in its place. */
  String render(UnaryOperator<String> values) {
    StringBuilder text = new StringBuilder(source.length() + 64);
    for (TemplatePiece piece : pieces) {
      switch (piece) {
        case LiteralText literal -> text.append(literal.text());
        case FieldPlaceholder place -> text.append(values.apply(place.field()));
      }
    }
    return text.toString();
  }

  /** The last literal character; NUL if the template is empty or ends in a field. */
  char lastLiteral() {
    return !pieces.isEmpty() && pieces.getLast() instanceof LiteralText literal
        ? literal.text().charAt(literal.text().length() - 1)
        : '\0';
  }

  /** The first literal character; NUL if the template is empty or begins with a field. */
  char firstLiteral() {
    return !pieces.isEmpty() && pieces.getFirst() instanceof LiteralText literal
        ? literal.text().charAt(0)
        : '\0';
  }

  @Override
  public String toString() {
    return source;
  }
}
