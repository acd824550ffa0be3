package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A text with field placeholders: <code>text: {sentence}\n</code>. Values are inserted unchanged,
 * or as the filters of the placeholder change them, in order: <code>{sentence|strip|capitalize}
 * </code>. Braces in a value have no meaning.
 */
final class PromptTemplate {

  private sealed interface TemplateSegment {}

  private record LiteralText(String text) implements TemplateSegment {}

  private record FieldPlaceholder(String field, List<TextFilter> filters)
      implements TemplateSegment {
    static FieldPlaceholder of(String inBraces) {
      String[] parts = inBraces.split("\\|", -1);
      if (parts[0].isBlank() || inBraces.indexOf('{') >= 0) {
        throw new IllegalArgumentException("'{" + inBraces + "}' names no field");
      }
      return new FieldPlaceholder(
          parts[0], Arrays.stream(parts).skip(1).map(TextFilter::of).toList());
    }

    String render(String value) {
      String text = value;
      for (TextFilter filter : filters) {
        text = filter.apply(text);
      }
      return text;
    }
  }

  private final String source;
  private final List<TemplateSegment> segments;

  private PromptTemplate(String source, List<TemplateSegment> segments) {
    this.source = source;
    this.segments = List.copyOf(segments);
  }

  /**
   * Parses a template.
   *
   * @throws IllegalArgumentException for an unmatched brace, a placeholder without a name, or an
   *     unknown filter
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
      segments.add(FieldPlaceholder.of(source.substring(open + 1, close)));
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
        case FieldPlaceholder placeholder ->
            text.append(placeholder.render(values.apply(placeholder.field())));
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
