package rankine.engine.icl;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import rankine.common.Sha256;
import rankine.common.Shown;
import rankine.common.TaskException;
import rankine.engine.icl.DataSpec.FieldSource;
import rankine.engine.icl.PromptFormat.StripRule;

/**
 * Parses task files.
 *
 * <p>A task file is one JSON object: {@code name}, {@code description}, {@code revision}, and
 * {@code versions}, an object from a version's name to its keys. Each of the keys below is either
 * at the top level, for all versions, or in a version, which overrides the top level:
 *
 * <ul>
 *   <li>{@code files}: from train, validation, test to file names, in order of preference.
 *   <li>{@code columns}: the columns of a CSV without a header.
 *   <li>{@code fields}: from a field to its sources: column names, or templates of columns.
 *   <li>{@code label}: the columns that may hold the label. {@code classes}: from a class's name to
 *       its labels in the data; the class index is its position. {@code ignored}: labels whose rows
 *       are skipped. A task without classes is generative.
 *   <li>{@code one_file_in_thirds}: see {@link DataSpec}.
 *   <li>{@code query}, {@code choices}, {@code demonstration}, {@code shown}, {@code strip}: see
 *       {@link PromptFormat}.
 *   <li>{@code scoring}: likelihood, first_token or greedy; with greedy, {@code max_tokens} and
 *       {@code f1} (squad or containment): see {@link ScoringMethod}.
 *   <li>{@code shots}, {@code order}, {@code only_first_shots}: see {@link DemonstrationRule}.
 *   <li>{@code validation}, {@code test}: the rule of each evaluation split. {@code {"from":
 *       "test"}}: all rows of that file; {@code {"from": "train", "take": 400}}: that many rows of
 *       train, per class with {@code "each": "class"}; {@code "take": "rest", "leave": 100}: the
 *       remaining rows of train, less a reserve per class; {@code "take": "others"}: all rows of
 *       train but the demonstrations; {@code {"from": "validation", "or_train": 408}}: that file if
 *       the folder has it, else rows of train. See {@link SplitRule}.
 *   <li>{@code divides_by_one_less}: also report the reference code's accuracy, correct / (n - 1).
 *   <li>{@code notes}: sentences that a reader of the results must know.
 * </ul>
 */
final class TaskFile {
  private static final List<String> SCORINGS = List.of("likelihood", "first_token", "greedy");
  private static final int MAX_COUNT = 1_000_000_000;

  private TaskFile() {}

  /**
   * Parses one version of the task in {@code bytes}.
   *
   * @param file the file's name for messages
   */
  static Task parse(String file, byte[] bytes, String version) {
    StrictJson shared = StrictJson.document(file, bytes);
    StrictJson versions = shared.object("versions");
    if (!versions.has(version)) {
      throw new TaskException(
          "%s: version: expected one of %s, found '%s'"
              .formatted(file, String.join(", ", versions.keys()), Shown.brief(version)));
    }
    StrictJson json = shared.with(versions.object(version));
    Task.Identity identity =
        new Task.Identity(
            json.text("name"),
            json.text("description"),
            json.integer("revision", 1, MAX_COUNT),
            version,
            Sha256.hex(bytes));
    DataSpec data = data(json);
    ScoringMethod scoring = scoring(json);
    PromptFormat format = format(json);
    Task task =
        new Task(
            identity,
            data,
            format,
            scoring,
            demonstrations(json, data.labels()),
            Map.of(
                EvaluationSplit.VALIDATION,
                split(json, "validation"),
                EvaluationSplit.TEST,
                split(json, "test")),
            json.flag("divides_by_one_less"),
            json.texts("notes"));
    json.refuseOthers();
    TaskRules.check(json, task);
    return task;
  }

  private static DataSpec data(StrictJson json) {
    StrictJson files = json.object("files");
    Map<DataSplit, List<String>> names = new EnumMap<>(DataSplit.class);
    for (DataSplit split : DataSplit.values()) {
      List<String> candidates = files.texts(split.label());
      for (String name : candidates) {
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
          throw files.error(split.label(), "names without a folder", "'" + name + "'");
        }
      }
      if (!candidates.isEmpty()) {
        names.put(split, candidates);
      }
    }
    files.refuseOthers();
    return new DataSpec(
        Map.copyOf(names),
        json.texts("columns"),
        fields(json.object("fields")),
        json.texts("label"),
        json.has("classes") ? labels(json) : LabelSet.NONE,
        json.flag("one_file_in_thirds"));
  }

  private static Map<String, List<FieldSource>> fields(StrictJson json) {
    Map<String, List<FieldSource>> fields = new LinkedHashMap<>();
    json.allTexts()
        .forEach(
            (field, sources) ->
                fields.put(
                    field, sources.stream().map(text -> source(json, field, text)).toList()));
    return fields;
  }

  private static FieldSource source(StrictJson json, String field, String text) {
    return text.indexOf('{') < 0
        ? new FieldSource.Column(text)
        : new FieldSource.Joined(json.template(field, text));
  }

  private static LabelSet labels(StrictJson json) {
    StrictJson classes = json.object("classes");
    Map<String, List<String>> spellings = classes.allTexts();
    Map<String, Integer> values = new HashMap<>();
    int index = 0;
    for (Map.Entry<String, List<String>> entry : spellings.entrySet()) {
      for (String label : entry.getValue()) {
        if (values.put(label, index) != null) {
          throw classes.error(entry.getKey(), "labels of one class only", "'" + label + "' again");
        }
      }
      index++;
    }
    Set<String> ignored = new HashSet<>(json.texts("ignored"));
    for (String label : ignored) {
      if (values.containsKey(label)) {
        throw json.error("ignored", "labels of no class", "'" + label + "'");
      }
    }
    return new LabelSet(List.copyOf(spellings.keySet()), Map.copyOf(values), Set.copyOf(ignored));
  }

  private static PromptFormat format(StrictJson json) {
    StripRule strip = StripRule.ALL;
    if (json.has("strip")) {
      strip =
          switch (json.oneOf("strip", List.of("none", "query", "all"))) {
            case "none" -> StripRule.NONE;
            case "query" -> StripRule.QUERY;
            default -> StripRule.ALL;
          };
    }
    return new PromptFormat(
        json.template("query"),
        json.templates("choices"),
        json.optionalTemplate("demonstration"),
        json.templates("shown"),
        strip);
  }

  private static ScoringMethod scoring(StrictJson json) {
    return switch (json.oneOf("scoring", SCORINGS)) {
      case "likelihood" -> new ScoringMethod.Likelihood();
      case "first_token" -> new ScoringMethod.FirstToken();
      default ->
          new ScoringMethod.Greedy(
              json.integer("max_tokens", 1, 100_000),
              json.oneOf("f1", List.of("squad", "containment")).equals("containment"));
    };
  }

  private static DemonstrationRule demonstrations(StrictJson json, LabelSet labels) {
    return new DemonstrationRule(
        json.integer("shots", 0, 100_000),
        json.integers("order", 0, Math.max(0, labels.names().size() - 1)),
        json.flag("only_first_shots"));
  }

  private static SplitRule split(StrictJson parent, String part) {
    StrictJson json = parent.object(part);
    String from = json.oneOf("from", List.of("train", "validation", "test"));
    DataSplit split = DataSplit.valueOf(from.toUpperCase(Locale.ROOT));
    SplitRule rule;
    if (split != DataSplit.TRAIN) {
      rule =
          json.has("or_train")
              ? new SplitRule.FileOrTrain(
                  split, new SplitRule.FromTrain(json.integer("or_train", 1, MAX_COUNT), false))
              : new SplitRule.WholeFile(split);
    } else if (json.isText("take")) {
      rule =
          json.oneOf("take", List.of("rest", "others")).equals("others")
              ? new SplitRule.OthersOfTrain()
              : new SplitRule.RestOfTrain(json.integer("leave", 1, MAX_COUNT));
    } else {
      boolean perClass = json.has("each") && json.oneOf("each", List.of("class")).equals("class");
      rule = new SplitRule.FromTrain(json.integer("take", 1, MAX_COUNT), perClass);
    }
    json.refuseOthers();
    return rule;
  }
}
