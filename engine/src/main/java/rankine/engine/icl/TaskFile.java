package rankine.engine.icl;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.oneOf;
import static rankine.engine.icl.TaskJson.texts;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rankine.common.TaskException;
import rankine.common.io.Json;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.Sha256;
import rankine.common.io.Shown;
import rankine.engine.icl.DataSpec.FieldSource;
import rankine.engine.icl.PromptFormat.StripRule;

/**
 * Parses task files.
 *
 * <p>A task file is one JSON object: {@code name}, {@code description}, {@code revision}, and
 * {@code versions}, an object from a version's name to its keys; without it, the file is one
 * version. Each of the keys below is either at the top level, for all versions, or in a version,
 * which overrides the top level; {@link TaskDefaults} has those that may be absent:
 *
 * <ul>
 *   <li>{@code files}: from train, validation, test to file names, in order of preference.
 *   <li>{@code columns}: the columns of a CSV without a header.
 *   <li>{@code fields}: from a field to its sources: column names, templates of columns, or one
 *       part of a column, <code>{"column": "sentence", "before": "_"}</code>: also {@code after},
 *       and {@code "occurrence": "last"}. {@code choices.text.0} is a column within JSON.
 *       Placeholders have filters: see {@link TextFilter}.
 *   <li>{@code optional}: fields of the last choices or the preamble, which a row may lack; it then
 *       has fewer choices, or no preamble.
 *   <li>{@code label}: the columns that may hold the label. {@code classes}: from a class's name to
 *       its labels in the data; the class index is its position. {@code ignored}: labels whose rows
 *       are skipped. A task without classes is generative, or has one choice that is the answer.
 *   <li>{@code one_file_in_thirds}: see {@link DataSpec}.
 *   <li>{@code preamble}, {@code query}, {@code given}, {@code choices}, {@code separator}, {@code
 *       demonstration}, {@code shown}, {@code strip}: see {@link PromptFormat}. {@code rewrite}:
 *       pairs of a regular expression and what replaces it in queries and choices.
 *   <li>{@code scoring}: likelihood, multiple_choice, first_token, greedy_match or greedy; with
 *       greedy, {@code max_tokens} and {@code f1} (squad or containment): see {@link
 *       ScoringMethod}.
 *   <li>{@code shots}, {@code order}, {@code only_first_shots}: see {@link DemonstrationRule}.
 *       {@code draw}: per_class; any, shots in total whatever their class; or first, the first rows
 *       of the file.
 *   <li>{@code validation}, {@code test}: the rule of each evaluation split. {@code {"from":
 *       "test"}}: all rows of that file; {@code {"from": "train", "take": 400}}: that many rows of
 *       train, per class with {@code "each": "class"}; {@code "take": "rest", "leave": 100}: the
 *       remaining rows of train, less a reserve per class; {@code "take": "others"}: all rows of
 *       train but the demonstrations; {@code {"from": "validation", "or_train": 408}}: that file if
 *       the folder has it, else rows of train. See {@link SplitRule}.
 *   <li>{@code divides_by_one_less}: also report the reference code's accuracy, correct / (n - 1).
 *   <li>{@code notes}: sentences that a reader of the results must know. {@code comment}: anything
 *       for the reader of the file.
 * </ul>
 */
final class TaskFile {
  private static final List<String> SCORINGS =
      List.of("likelihood", "multiple_choice", "first_token", "greedy_match", "greedy");
  private static final String PER_CLASS = "per_class";
  private static final List<String> DRAWS = List.of(PER_CLASS, "any", "first");
  private static final int MAX_REWRITES = 16;
  private static final JsonKind<List<String>> PAIR =
      new JsonKind<>("a pattern and its replacement: two strings", TaskFile::pair);
  private static final String ONLY_VERSION = "only";
  private static final int MAX_COUNT = 1_000_000_000;

  private TaskFile() {}

  /**
   * Parses one version of the task in {@code bytes}.
   *
   * @param file the file's name for messages
   */
  static Task parse(String file, byte[] bytes, String version) {
    JsonObject shared = Json.of(file, TaskException::new).object(bytes);
    String chosen = shared.has("versions") ? version : only(file, version);
    JsonObject json = TaskDefaults.complete(version(file, shared, chosen));
    json.ignore("versions", "comment");
    Task.Identity identity =
        new Task.Identity(
            json.get("name", TEXT),
            json.get("description", TEXT),
            json.get("revision", integer(1, MAX_COUNT)),
            chosen,
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
            json.get("divides_by_one_less", FLAG, false),
            texts(json, "notes"));
    json.done();
    TaskRules.check(json, task);
    return task;
  }

  /** Returns the keys of a version over those for all versions. */
  private static JsonObject version(String file, JsonObject shared, String version) {
    if (!shared.has("versions")) {
      return shared;
    }
    JsonObject versions = shared.object("versions");
    if (!versions.has(version)) {
      throw unknown(file, String.join(", ", versions.keys()), version);
    }
    return shared.with(versions.object(version));
  }

  /** Returns the name of the one version of a file that lists none. */
  private static String only(String file, String version) {
    if (!version.equals(Task.DEFAULT_VERSION) && !version.equals(ONLY_VERSION)) {
      throw unknown(file, ONLY_VERSION, version);
    }
    return ONLY_VERSION;
  }

  private static TaskException unknown(String file, String known, String version) {
    return new TaskException(
        "%s: version: expected one of %s, found '%s'".formatted(file, known, Shown.brief(version)));
  }

  /** Returns the names of the versions, in file order. */
  static List<String> versions(String file, byte[] bytes) {
    return Json.of(file, TaskException::new).object(bytes).object("versions").keys();
  }

  private static DataSpec data(JsonObject json) {
    JsonObject files = json.object("files");
    Map<DataSplit, List<String>> names = new EnumMap<>(DataSplit.class);
    for (DataSplit split : DataSplit.values()) {
      List<String> candidates = texts(files, split.label());
      for (String name : candidates) {
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
          throw files.fault(split.label(), "names without a folder", "'" + name + "'");
        }
        if (!isFileName(name)) {
          throw files.fault(split.label(), "names of files", "'" + name + "'");
        }
      }
      if (!candidates.isEmpty()) {
        names.put(split, candidates);
      }
    }
    files.done();
    return new DataSpec(
        Map.copyOf(names),
        texts(json, "columns"),
        fields(json.object("fields")),
        Set.copyOf(texts(json, "optional")),
        texts(json, "label"),
        json.has("classes") ? labels(json) : LabelSet.NONE,
        json.get("one_file_in_thirds", FLAG, false));
  }

  /** Returns whether the file system can have a file of this name: not with a NUL character. */
  private static boolean isFileName(String name) {
    try {
      return !Path.of(name).getFileName().toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Map<String, List<FieldSource>> fields(JsonObject json) {
    Map<String, List<FieldSource>> fields = new LinkedHashMap<>();
    for (String field : json.keys()) {
      fields.put(
          field,
          json.node(field).isObject()
              ? List.of(part(json.object(field)))
              : texts(json, field).stream().map(text -> source(json, field, text)).toList());
    }
    return fields;
  }

  private static FieldSource part(JsonObject json) {
    boolean after = json.has("after");
    FieldSource part =
        new FieldSource.Part(
            json.get("column", TEXT),
            json.get(after ? "after" : "before", TEXT),
            json.has("occurrence")
                && json.get("occurrence", oneOf(List.of("first", "last"))).equals("last"),
            after);
    json.done();
    return part;
  }

  private static FieldSource source(JsonObject json, String field, String text) {
    return text.indexOf('{') < 0
        ? new FieldSource.Column(text)
        : new FieldSource.Joined(TaskJson.template(json, field, text));
  }

  private static LabelSet labels(JsonObject json) {
    Map<String, List<String>> spellings = new LinkedHashMap<>();
    JsonObject classes = json.object("classes");
    classes.keys().forEach(name -> spellings.put(name, texts(classes, name)));
    Map<String, Integer> values = new HashMap<>();
    int index = 0;
    for (Map.Entry<String, List<String>> entry : spellings.entrySet()) {
      for (String label : entry.getValue()) {
        if (values.put(label, index) != null) {
          throw classes.fault(entry.getKey(), "labels of one class only", "'" + label + "' again");
        }
      }
      index++;
    }
    Set<String> ignored = new HashSet<>(texts(json, "ignored"));
    for (String label : ignored) {
      if (values.containsKey(label)) {
        throw json.fault("ignored", "labels of no class", "'" + label + "'");
      }
    }
    return new LabelSet(List.copyOf(spellings.keySet()), Map.copyOf(values), Set.copyOf(ignored));
  }

  private static PromptFormat format(JsonObject json) {
    StripRule strip = StripRule.ALL;
    if (json.has("strip")) {
      strip =
          switch (json.get("strip", oneOf(List.of("none", "query", "all")))) {
            case "none" -> StripRule.NONE;
            case "query" -> StripRule.QUERY;
            default -> StripRule.ALL;
          };
    }
    return new PromptFormat(
        TaskJson.optionalTemplate(json, "preamble"),
        TaskJson.template(json, "query"),
        TaskJson.templates(json, "given"),
        TaskJson.templates(json, "choices"),
        rewrite(json),
        json.get("separator", STRING, "\n"),
        TaskJson.optionalTemplate(json, "demonstration"),
        TaskJson.templates(json, "shown"),
        strip);
  }

  private static TextRewrite rewrite(JsonObject json) {
    if (!json.has("rewrite")) {
      return TextRewrite.NONE;
    }
    List<TextRewrite.Replacing> rules =
        json.list("rewrite", PAIR).stream().map(pair -> replacing(json, pair)).toList();
    if (rules.size() > MAX_REWRITES) {
      throw json.fault(
          "rewrite", "at most " + MAX_REWRITES + " pairs", Integer.toString(rules.size()));
    }
    return new TextRewrite(rules);
  }

  private static TextRewrite.Replacing replacing(JsonObject json, List<String> pair) {
    try {
      return TextRewrite.Replacing.of(pair.getFirst(), pair.getLast());
    } catch (IllegalArgumentException e) {
      throw json.fault("rewrite", TextRewrite.expected(), e.getMessage());
    }
  }

  private static Optional<List<String>> pair(JsonNode node) {
    return node.isArray() && node.size() == 2
        ? STRING
            .read()
            .apply(node.get(0))
            .flatMap(first -> STRING.read().apply(node.get(1)).map(text -> List.of(first, text)))
        : Optional.empty();
  }

  private static ScoringMethod scoring(JsonObject json) {
    return switch (json.get("scoring", oneOf(SCORINGS))) {
      case "likelihood" -> new ScoringMethod.Likelihood();
      case "multiple_choice" -> new ScoringMethod.MultipleChoice();
      case "first_token" -> new ScoringMethod.FirstToken();
      case "greedy_match" -> new ScoringMethod.GreedyMatch();
      default ->
          new ScoringMethod.Greedy(
              json.get("max_tokens", integer(1, 100_000)),
              json.get("f1", oneOf(List.of("squad", "containment"))).equals("containment"));
    };
  }

  private static DemonstrationRule demonstrations(JsonObject json, LabelSet labels) {
    String draw = json.has("draw") ? json.get("draw", oneOf(DRAWS)) : PER_CLASS;
    if (!draw.equals(PER_CLASS) && json.has("order")) {
      throw json.fault("order", "nothing where draw is " + draw, "an order of the classes");
    }
    return new DemonstrationRule(
        json.get("shots", integer(0, 100_000)),
        order(json, Math.max(0, labels.names().size() - 1)),
        draw.equals("first"),
        json.get("only_first_shots", FLAG, false));
  }

  private static List<Integer> order(JsonObject json, int last) {
    return json.node("order").isMissingNode() ? List.of() : json.list("order", integer(0, last));
  }

  private static SplitRule split(JsonObject parent, String part) {
    JsonObject json = parent.object(part);
    String from = json.get("from", oneOf(List.of("train", "validation", "test")));
    DataSplit split = DataSplit.valueOf(from.toUpperCase(Locale.ROOT));
    SplitRule rule;
    if (split != DataSplit.TRAIN) {
      rule =
          json.has("or_train")
              ? new SplitRule.FileOrTrain(
                  split,
                  new SplitRule.FromTrain(json.get("or_train", integer(1, MAX_COUNT)), false))
              : new SplitRule.WholeFile(split);
    } else if (json.node("take").isTextual()) {
      rule =
          json.get("take", oneOf(List.of("rest", "others"))).equals("others")
              ? new SplitRule.OthersOfTrain()
              : new SplitRule.RestOfTrain(json.get("leave", integer(1, MAX_COUNT)));
    } else {
      boolean perClass =
          json.has("each") && json.get("each", oneOf(List.of("class"))).equals("class");
      rule = new SplitRule.FromTrain(json.get("take", integer(1, MAX_COUNT)), perClass);
    }
    json.done();
    return rule;
  }
}
