package rankine.engine.icl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import rankine.common.TaskException;
import rankine.common.io.Shown;
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
    return row.label() < 0 ? " " + row.answers().getFirst().strip() : choices(row).get(row.label());
  }

  /** Returns the query of a row. */
  String query(DataRow row) {
    return format.query().render(fields(row, format.strip() != StripRule.NONE));
  }

  /**
   * Returns the continuations to score, by class: those of the first classes, if the row lacks the
   * others. Empty in a generative task.
   *
   * @throws TaskException if a choice is absent before another, or is that of the row's label
   */
  List<String> choices(DataRow row) {
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    List<String> choices = new ArrayList<>();
    for (int i = 0; i < format.choices().size(); i++) {
      PromptTemplate choice = format.choices().get(i);
      if (!row.fields().keySet().containsAll(choice.fields())) {
        continue;
      }
      if (choices.size() < i) {
        throw new TaskException(
            "%s: expected choices without a gap, found '%s' after an absent one"
                .formatted(row.where(), Shown.brief(choice.toString())));
      }
      choices.add(choice.render(fields));
    }
    if (row.label() >= choices.size()) {
      throw new TaskException(
          "%s: label: expected one of the row's %d choices, found the label of choice %d"
              .formatted(row.where(), choices.size(), row.label() + 1));
    }
    return List.copyOf(choices);
  }

  private static UnaryOperator<String> fields(DataRow row, boolean strip) {
    return name -> strip ? row.fields().get(name).strip() : row.fields().get(name);
  }
}
