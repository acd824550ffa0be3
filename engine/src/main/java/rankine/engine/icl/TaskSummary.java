package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one version of a task needs and asks.
 *
 * @param files names that the file of each published split may have, in order of preference
 * @param oneFileInThirds whether a folder with one of the files is enough
 * @param shots default number of demonstrations
 * @param shotsPerClass whether that is per class, not in all
 * @param shown demonstrations that a prompt then shows
 * @param choices templates of the continuations that are scored; none in a generative task
 * @param given templates of the texts before the choices that are not scored; mostly none
 * @param scoring {@code likelihood}, {@code multiple_choice}, {@code first_token}, {@code greedy}
 *     or {@code greedy_match}
 * @param validation the rows of that split, in words
 * @param test the rows of that split, in words
 */
public record TaskSummary(
    String name,
    String version,
    String description,
    Map<String, List<String>> files,
    boolean oneFileInThirds,
    int shots,
    boolean shotsPerClass,
    int shown,
    List<String> choices,
    List<String> given,
    String scoring,
    String validation,
    String test) {
  /** Returns the versions of all built-in tasks, by task; each task's default version first. */
  public static List<TaskSummary> builtIn() {
    return Task.BUILT_IN.stream()
        .flatMap(
            name -> Task.versions(name).stream().map(version -> Task.load(name + ":" + version)))
        .map(TaskSummary::of)
        .toList();
  }

  private static TaskSummary of(Task task) {
    Map<String, List<String>> files = new LinkedHashMap<>();
    for (DataSplit split : DataSplit.values()) {
      if (task.data().files().containsKey(split)) {
        files.put(split.label(), task.data().files().get(split));
      }
    }
    DemonstrationRule demonstrations = task.demonstrations();
    return new TaskSummary(
        task.name(),
        task.version(),
        task.description(),
        files,
        task.data().oneFileInThirds(),
        demonstrations.shots(),
        !demonstrations.order().isEmpty(),
        demonstrations.shown(demonstrations.shots()),
        task.format().choices().stream().map(PromptTemplate::toString).toList(),
        task.format().given().stream().map(PromptTemplate::toString).toList(),
        switch (task.scoring()) {
          case ScoringMethod.Likelihood() -> "likelihood";
          case ScoringMethod.MultipleChoice() -> "multiple_choice";
          case ScoringMethod.FirstToken() -> "first_token";
          case ScoringMethod.Greedy _ -> "greedy";
          case ScoringMethod.GreedyMatch() -> "greedy_match";
        },
        rows(task.split(EvaluationSplit.VALIDATION)),
        rows(task.split(EvaluationSplit.TEST)));
  }

  private static String rows(SplitRule rule) {
    return switch (rule) {
      case SplitRule.WholeFile(DataSplit split) -> "all rows of " + split.label();
      case SplitRule.FromTrain(int count, boolean perClass) ->
          count + " rows of train" + (perClass ? " per class" : "");
      case SplitRule.RestOfTrain(int leave) ->
          "the other rows of train, less " + leave + " per class for demonstrations";
      case SplitRule.OthersOfTrain() -> "all rows of train but the demonstrations";
      case SplitRule.FileOrTrain(DataSplit split, SplitRule.FromTrain fallback) ->
          rows(new SplitRule.WholeFile(split)) + ", or without that file " + rows(fallback);
    };
  }

  /** Keys as the components, in snake case; {@code given} only where there is one. */
  public ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("version", version)
            .put("description", description);
    ObjectNode names = json.putObject("files");
    files.forEach(
        (split, candidates) -> {
          ArrayNode list = names.putArray(split);
          candidates.forEach(list::add);
        });
    json.put("one_file_in_thirds", oneFileInThirds)
        .put("shots", shots)
        .put("shots_per_class", shotsPerClass)
        .put("shown", shown);
    ArrayNode scored = json.putArray("choices");
    choices.forEach(scored::add);
    if (!given.isEmpty()) {
      ArrayNode before = json.putArray("given");
      given.forEach(before::add);
    }
    return json.put("scoring", scoring).put("validation", validation).put("test", test);
  }
}
