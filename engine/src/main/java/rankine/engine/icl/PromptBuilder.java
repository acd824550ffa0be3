package rankine.engine.icl;

import java.util.List;
import java.util.function.UnaryOperator;
import rankine.engine.icl.PromptFormat.StripRule;

/** Renders rows as demonstrations, queries and choices. */
final class PromptBuilder {
  private final PromptFormat format;

  PromptBuilder(PromptFormat format) {
    this.format = format;
  }

  /** Returns the demonstrations, concatenated. */
  String demonstrations(List<DataRow> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(demonstration(row)));
    return text.toString();
  }

  /** Returns one demonstration. */
  String demonstration(DataRow row) {
    if (format.demonstration().isEmpty()) {
      return query(row) + goldChoice(row) + "\n";
    }
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    String shown =
        row.label() < 0 ? row.answers().getFirst() : format.shown().get(row.label()).render(fields);
    return format
        .demonstration()
        .get()
        .render(field -> field.equals(PromptFormat.LABEL) ? shown : fields.apply(field));
  }

  private String goldChoice(DataRow row) {
    return row.label() < 0
        ? " " + row.answers().getFirst().strip()
        : format.choices().get(row.label()).render(fields(row, format.strip() == StripRule.ALL));
  }

  /** Returns the query of a row. */
  String query(DataRow row) {
    return format.query().render(fields(row, format.strip() != StripRule.NONE));
  }

  /** Returns the continuations to score, by class; empty in a generative task. */
  List<String> choices(DataRow row) {
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    return format.choices().stream().map(choice -> choice.render(fields)).toList();
  }

  private static UnaryOperator<String> fields(DataRow row, boolean strip) {
    return name -> strip ? row.fields().get(name).strip() : row.fields().get(name);
  }
}
