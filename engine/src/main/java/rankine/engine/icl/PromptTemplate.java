package rankine.engine.icl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A text with field placeholders: <code>text: {sentence}\n</code>. Values are inserted unchanged;
 * braces in a value have no meaning.
 */
final class PromptTemplate {

  private sealed interface TemplateSegment {}

  private record LiteralText(String text) implements TemplateSegment {}

  private record FieldPlaceholder(String field) implements TemplateSegment {}

  private final String source;
  private final List<TemplateSegment> segments;

  private PromptTemplate(String source, List<TemplateSegment> segments) {
    this.source = source;
    this.segments = List.copyOf(segments);
  }

  /**
   * Parses a template.
   *
   * @throws IllegalArgumentException for an unmatched brace or a placeholder without a name
   */
  static PromptTemplate of(String source) {
    List<TemplateSegment> segments = new ArrayList<>();
    int position = 0;
    while (position < source.length()) {
      int open = source.indexOf('{', position);
      int end = open < 0 ? source.length() : open;
      if (source.substring(position, end).indexOf('}') >= 0) {
        throw new IllegalArgumentException("a '}' without '{'");
      }
      if (end > position) {
        segments.add(new LiteralText(source.substring(position, end)));
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
      segments.add(new FieldPlaceholder(field));
      position = close + 1;
    }
    return new PromptTemplate(source, segments);
  }

  /** Returns the fields' names, in the order of their first placeholders. */
  Set<String> fields() {
    Set<String> names = new LinkedHashSet<>();
    for (TemplateSegment segment : segments) {
      if (segment instanceof FieldPlaceholder placeholder) {
        names.add(placeholder.field());
      }
    }
    return names;
  }

  /** Returns the text with each placeholder replaced by the field's value. */
  String render(UnaryOperator<String> values) {
    StringBuilder text = new StringBuilder(source.length() + 64);
    for (TemplateSegment segment : segments) {
      switch (segment) {
        case LiteralText literal -> text.append(literal.text());
        case FieldPlaceholder placeholder -> text.append(values.apply(placeholder.field()));
      }
    }
    return text.toString();
  }

  /** Returns the last literal character; NUL if the template is empty or ends in a placeholder. */
  char lastLiteral() {
    return !segments.isEmpty() && segments.getLast() instanceof LiteralText literal
        ? literal.text().charAt(literal.text().length() - 1)
        : '\0';
  }

  /**
   * Returns the first literal character; NUL if the template is empty or starts with a placeholder.
   */
  char firstLiteral() {
    return !segments.isEmpty() && segments.getFirst() instanceof LiteralText literal
        ? literal.text().charAt(0)
        : '\0';
  }

  @Override
  public String toString() {
    return source;
  }
}
