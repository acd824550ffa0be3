package rankine.engine.icl;

import java.util.List;
import java.util.function.UnaryOperator;
import rankine.engine.icl.PromptFormat.StripRule;

/** Renders rows as the texts that a model reads. */
final class PromptBuilder {
  private final PromptFormat format;

  PromptBuilder(PromptFormat format) {
    this.format = format;
  }

  /** The demonstrations, one after another. */
  String demonstrations(List<DataRow> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(demonstration(row)));
    return text.toString();
  }

  /** One demonstration. */
  String demonstration(DataRow row) {
    if (format.demonstration().isEmpty()) {
      return query(row) + rightChoice(row) + "\n";
    }
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    String shown =
        row.label() < 0 ? row.answers().getFirst() : format.shown().get(row.label()).render(fields);
    return format
        .demonstration()
        .get()
        .render(place -> place.equals(PromptFormat.LABEL) ? shown : fields.apply(place));
  }

  private String rightChoice(DataRow row) {
    return row.label() < 0
        ? " " + row.answers().getFirst().strip()
        : format.choices().get(row.label()).render(fields(row, format.strip() == StripRule.ALL));
  }

  /** What is asked about a row. */
  String query(DataRow row) {
    return format.query().render(fields(row, format.strip() != StripRule.NONE));
  }

  /** The continuations that are scored, by class; empty in a task with answers. */
  List<String> choices(DataRow row) {
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    return format.choices().stream().map(choice -> choice.render(fields)).toList();
  }

  private static UnaryOperator<String> fields(DataRow row, boolean strip) {
    return name -> strip ? row.fields().get(name).strip() : row.fields().get(name);
  }
}
