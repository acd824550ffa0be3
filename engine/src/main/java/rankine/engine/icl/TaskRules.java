package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;

/** Checks that the keys of a task file are consistent with one another. */
final class TaskRules {
  private TaskRules() {}

  /** Throws an error that names the first inconsistent key. */
  static void check(JsonObject json, Task task) {
    DataSpec data = task.data();
    PromptFormat format = task.format();
    if (!data.files().containsKey(DataSplit.TRAIN)) {
      throw json.fault("files", "file names for train", "none");
    }
    if (data.fields().containsKey(PromptFormat.LABEL)) {
      throw json.fault("fields", "any name but label, which is the class's word", "label");
    }
    checkPlaceholders(
        json, "preamble", format.preamble().stream().toList(), data.fields().keySet());
    checkPlaceholders(json, "query", List.of(format.query()), data.fields().keySet());
    checkPlaceholders(json, "given", format.given(), data.fields().keySet());
    checkPlaceholders(json, "choices", format.choices(), data.fields().keySet());
    checkPlaceholders(json, "shown", format.shown(), data.fields().keySet());
    checkOptional(json, task);
    switch (task.scoring()) {
      case ScoringMethod.Likelihood _, ScoringMethod.MultipleChoice _, ScoringMethod.FirstToken _ ->
          checkClasses(json, task);
      case ScoringMethod.GreedyMatch _ -> checkOneChoice(json, task);
      case ScoringMethod.Greedy _ -> checkAnswers(json, task);
    }
    if (format.demonstration().isPresent()) {
      Set<String> placeholders = new LinkedHashSet<>(data.fields().keySet());
      placeholders.add(PromptFormat.LABEL);
      checkPlaceholders(json, "demonstration", List.of(format.demonstration().get()), placeholders);
    } else {
      checkBoundary(json, task);
    }
  }

  private static void checkPlaceholders(
      JsonObject json, String key, List<PromptTemplate> templates, Set<String> fields) {
    for (PromptTemplate template : templates) {
      for (String placeholder : template.fields()) {
        if (!fields.contains(placeholder)) {
          throw json.fault(
              key, "fields among " + String.join(", ", fields), "'{" + placeholder + "}'");
        }
      }
    }
  }

  /** Only the preamble and the last choices may be absent; nothing else may depend on what is. */
  private static void checkOptional(JsonObject json, Task task) {
    Set<String> optional = task.data().optional();
    PromptFormat format = task.format();
    if (!task.data().fields().keySet().containsAll(optional)) {
      throw json.fault("optional", "names of fields", String.join(", ", new TreeSet<>(optional)));
    }
    List<PromptTemplate> always = new ArrayList<>(format.shown());
    always.addAll(format.given());
    always.add(format.query());
    format.demonstration().ifPresent(always::add);
    for (PromptTemplate template : always) {
      if (!Collections.disjoint(template.fields(), optional)) {
        throw json.fault(
            "optional", "fields of choices and preamble only", "one in '" + template + "'");
      }
    }
    int required = 0;
    for (int i = 0; i < format.choices().size(); i++) {
      if (Collections.disjoint(format.choices().get(i).fields(), optional)) {
        required++;
        if (required <= i) {
          throw json.fault(
              "optional",
              "fields of the last choices",
              "one before '" + format.choices().get(i) + "'");
        }
      }
    }
    // Tasks with free-form answers have no choices, and may lack a preamble all the same.
    if (!optional.isEmpty() && required < Math.min(2, format.choices().size())) {
      throw json.fault("optional", "two or more choices without one", Integer.toString(required));
    }
  }

  private static void checkClasses(JsonObject json, Task task) {
    int classes = task.classes().size();
    if (classes < 2) {
      throw json.fault("classes", "two or more classes", Integer.toString(classes));
    }
    if (task.data().label().isEmpty()) {
      throw json.fault("label", "the name of a column", "nothing");
    }
    PromptFormat format = task.format();
    checkCount(json, "choices", format.choices().size(), classes);
    if (format.demonstration().isPresent()) {
      checkCount(json, "shown", format.shown().size(), classes);
    } else if (!format.shown().isEmpty()) {
      throw json.fault(
          "shown", "nothing where no demonstration is written out", "texts: choices are shown");
    }
    if (!format.given().isEmpty()) {
      checkCount(json, "given", format.given().size(), classes);
      if (!(task.scoring() instanceof ScoringMethod.MultipleChoice)
          || format.demonstration().isPresent()) {
        throw json.fault(
            "given", "multiple_choice scoring, and no demonstration written out", "another");
      }
    }
    List<Integer> order = task.demonstrations().order();
    boolean perClass = json.get("draw", JsonKind.TEXT, "per_class").equals("per_class");
    if (perClass && (order.size() != classes || new LinkedHashSet<>(order).size() != classes)) {
      throw json.fault("order", "each class once", order.toString());
    }
  }

  private static void checkCount(JsonObject json, String key, int found, int classes) {
    if (found != classes) {
      throw json.fault(
          key, "one text for each of %d classes".formatted(classes), Integer.toString(found));
    }
  }

  private static void checkOneChoice(JsonObject json, Task task) {
    PromptFormat format = task.format();
    if (format.choices().size() != 1) {
      throw json.fault(
          "choices",
          "one text where scoring is greedy_match",
          Integer.toString(format.choices().size()));
    }
    if (!task.data().labels().isEmpty()
        || !task.data().optional().isEmpty()
        || !format.given().isEmpty()
        || !format.shown().isEmpty()
        || format.demonstration().isPresent()
        || !task.demonstrations().order().isEmpty()) {
      throw json.fault("scoring", "multiple_choice where there are classes", "greedy_match");
    }
  }

  private static void checkAnswers(JsonObject json, Task task) {
    DataSpec data = task.data();
    if (!data.labels().isEmpty()
        || !task.format().choices().isEmpty()
        || !task.format().given().isEmpty()
        || !task.format().shown().isEmpty()
        || !task.demonstrations().order().isEmpty()) {
      throw json.fault(
          "scoring", "likelihood or first_token where there are classes or choices", "greedy");
    }
  }

  /**
   * The boundary between query and choice decides which ids are scored: a query that ends in a
   * space before a choice that begins with one makes a double space, which no natural text
   * contains.
   */
  private static void checkBoundary(JsonObject json, Task task) {
    boolean movesSpace =
        task.scoring() instanceof ScoringMethod.MultipleChoice
            || task.scoring() instanceof ScoringMethod.GreedyMatch;
    // There white space before a choice is scored with it, whatever text the query ends in.
    char last = movesSpace ? ':' : task.format().query().lastLiteral();
    if (last == '\0' || (Character.isWhitespace(last) && last != '\n')) {
      throw json.fault(
          "query", "a text that ends in neither a placeholder nor a space", "one that does");
    }
    for (PromptTemplate choice : task.format().choices()) {
      boolean spaced = choice.firstLiteral() == ' ';
      if (spaced == (last == '\n')) {
        throw json.fault(
            "choices",
            last == '\n' ? "no leading space after a line break" : "a leading space",
            "'" + choice + "'");
      }
      if (Character.isWhitespace(choice.lastLiteral())) {
        throw json.fault("choices", "no white space at the end", "'" + choice + "'");
      }
    }
  }
}
