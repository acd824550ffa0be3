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

  /**
   * Returns what a row's query follows: the preamble and the demonstrations.
   *
   * @throws TaskException if a demonstration has another preamble than the row
   */
  String beginning(List<DataRow> shown, DataRow row) {
    String preamble = preamble(row);
    for (DataRow demonstration : shown) {
      if (!preamble(demonstration).equals(preamble)) {
        throw new TaskException(
            "%s: preamble: expected that of the demonstration '%s', found '%s'"
                .formatted(
                    row.where(), Shown.brief(preamble(demonstration)), Shown.brief(preamble)));
      }
    }
    return preamble + demonstrations(shown);
  }

  /** Returns nothing for a row that lacks a field of the preamble. */
  private String preamble(DataRow row) {
    return format
        .preamble()
        .filter(preamble -> row.fields().keySet().containsAll(preamble.fields()))
        .map(preamble -> preamble.render(fields(row, format.strip() != StripRule.NONE)))
        .orElse("");
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
      return query(row) + answer(row) + format.separator();
    }
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    String shown =
        row.label() < 0 ? row.answers().getFirst() : format.shown().get(row.label()).render(fields);
    return format
        .demonstration()
        .get()
        .render(field -> field.equals(PromptFormat.LABEL) ? shown : fields.apply(field));
  }

  /** Returns what follows the query in a demonstration. */
  private String answer(DataRow row) {
    if (format.choices().isEmpty()) {
      return " " + PythonText.strip(row.answers().getFirst());
    }
    int gold = Math.max(0, row.label());
    List<String> given = given(row);
    return (given.isEmpty() ? "" : given.get(gold)) + choices(row).get(gold);
  }

  /** Returns the query of a row. */
  String query(DataRow row) {
    return format
        .rewrite()
        .apply(row.where(), format.query().render(fields(row, format.strip() != StripRule.NONE)));
  }

  /** Returns the texts before the choices that are not scored, by class; empty if none are. */
  List<String> given(DataRow row) {
    UnaryOperator<String> fields = fields(row, format.strip() == StripRule.ALL);
    return format.given().stream().map(given -> given.render(fields)).toList();
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
      String text = choice.render(fields);
      int start = delimiter(i);
      choices.add(
          text.substring(0, start) + format.rewrite().apply(row.where(), text.substring(start)));
    }
    if (row.label() >= choices.size()) {
      throw new TaskException(
          "%s: label: expected one of the row's %d choices, found the label of choice %d"
              .formatted(row.where(), choices.size(), row.label() + 1));
    }
    return List.copyOf(choices);
  }

  /** Returns the lengths of the choices in code points, without the space that begins each. */
  int[] choiceLengths(DataRow row) {
    List<String> choices = choices(row);
    int[] lengths = new int[choices.size()];
    for (int i = 0; i < lengths.length; i++) {
      String text = choices.get(i);
      lengths[i] = text.codePointCount(delimiter(i), text.length());
    }
    return lengths;
  }

  /** Returns 1 if a choice's template begins with a space, which separates it from the query. */
  private int delimiter(int choice) {
    return format.choices().get(choice).firstLiteral() == ' ' ? 1 : 0;
  }

  private static UnaryOperator<String> fields(DataRow row, boolean strip) {
    return name -> strip ? PythonText.strip(row.fields().get(name)) : row.fields().get(name);
  }
}
