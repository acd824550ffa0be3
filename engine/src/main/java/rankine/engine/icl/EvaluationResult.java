package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.stats.Interval;
import rankine.engine.stats.TaskScore;

/**
 * The result of evaluating one model on one task: what {@code eval} prints, and what a search or a
 * sweep compares and records.
 *
 * @param task the task evaluated
 * @param options the split, seed, limit and shots requested
 * @param counts counts and metrics
 * @param setting shots, prefix and BOS as used
 * @param notes plain sentences that a reader of the numbers must know
 * @param predictions one per example, in data order
 * @param manifest everything else that the figures depend on: model, edits, backend, versions
 */
public record EvaluationResult(
    Task task,
    EvaluationOptions options,
    Counts counts,
    Setting setting,
    List<String> notes,
    List<Prediction> predictions,
    ObjectNode manifest) {

  /** Copies the lists. */
  public EvaluationResult {
    notes = List.copyOf(notes);
    predictions = List.copyOf(predictions);
  }

  /**
   * Counts and metrics.
   *
   * @param n number of examples
   * @param correct number of correct predictions (in a generative task: exact matches)
   * @param interval 95 % interval of correct / n
   * @param ties number of examples in which several choices have the highest score
   * @param truncated number of examples whose prompt was truncated on the left
   * @param confusion absent in a generative task
   * @param paperAccuracy correct / (n - 1), for tasks in which the reference code divides so
   * @param lengthNormalisedAccuracy the share of examples whose gold choice has the highest
   *     log-likelihood per token; present if rows have choices of their own
   * @param accuracyPerCharacter the same per code point of the choice, without the space that
   *     begins it: acc_norm of lm-evaluation-harness
   * @param f1 mean F1, in a generative task
   * @param perplexity exp of the mean negative log-likelihood of a choice, whatever its number of
   *     tokens, where it is compared with the greedy continuation: that of lm-evaluation-harness
   */
  public record Counts(
      int n,
      int correct,
      Interval interval,
      int ties,
      int truncated,
      Optional<ConfusionMatrix> confusion,
      OptionalDouble paperAccuracy,
      OptionalDouble lengthNormalisedAccuracy,
      OptionalDouble accuracyPerCharacter,
      OptionalDouble f1,
      OptionalDouble perplexity) {}

  /**
   * Shots, demonstrations, BOS and shared prefix of the prompts.
   *
   * @param shotsAsked demonstrations per class that the user or the task requests
   * @param shotsUsed demonstrations per class that fit the context
   * @param demonstrations locations of the rows shown, in order
   * @param bosPolicy {@code bos ID} if every prompt begins with BOS, else {@code none}
   * @param prefixTokens number of ids that all prompts share, prefilled once
   */
  public record Setting(
      int shotsAsked,
      int shotsUsed,
      List<RowLocation> demonstrations,
      String bosPolicy,
      int prefixTokens) {
    public Setting {
      demonstrations = List.copyOf(demonstrations);
    }
  }

  /**
   * The location of a row in the data.
   *
   * @param split of its file: train, validation or test
   * @param row number in the file, from 0
   */
  public record RowLocation(String split, int row) {}

  /** Returns the result with more notes. */
  public EvaluationResult withNotes(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return new EvaluationResult(task, options, counts, setting, all, predictions, manifest);
  }

  /** Its figures, without where they come from. */
  public TaskScore score() {
    return new TaskScore(counts.n(), counts.correct(), counts.interval(), counts.f1());
  }

  /** correct / n; in a task with answers the share of exact matches. */
  public double accuracy() {
    return score().accuracy();
  }

  /** Returns the {@link #figures}, and the manifest under {@code manifest}. */
  public ObjectNode toJson() {
    ObjectNode json = figures();
    json.set("manifest", manifest);
    return json;
  }

  /** Returns the figures and their setting, keys in snake case. Absent metrics have no key. */
  public ObjectNode figures() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", task.name());
    json.put("version", task.version());
    json.put("task_revision", task.revision());
    json.put("task_sha256", task.hash());
    json.put("split", options.part().label());
    json.put("n", counts.n());
    json.put("correct", counts.correct());
    json.put("accuracy", accuracy());
    json.set("interval", counts.interval().toJson());
    counts.paperAccuracy().ifPresent(value -> json.put("paper_accuracy", value));
    counts
        .lengthNormalisedAccuracy()
        .ifPresent(value -> json.put("length_normalised_accuracy", value));
    counts.accuracyPerCharacter().ifPresent(value -> json.put("accuracy_per_character", value));
    counts.f1().ifPresent(value -> json.put("f1", value).put("exact_match", accuracy()));
    counts.perplexity().ifPresent(value -> json.put("perplexity", value));
    json.put("ties", counts.ties());
    json.put("truncated", counts.truncated());
    counts.confusion().ifPresent(matrix -> json.set("confusion", matrix.toJson()));
    json.put("shots_asked", setting.shotsAsked());
    json.put("shots_used", setting.shotsUsed());
    json.put("seed", options.seed());
    options.limit().ifPresent(limit -> json.put("limit", limit));
    ArrayNode shown = json.putArray("demonstrations");
    for (RowLocation location : setting.demonstrations()) {
      shown.addObject().put("split", location.split()).put("row", location.row());
    }
    json.put("bos", setting.bosPolicy());
    json.put("prefix_tokens", setting.prefixTokens());
    ArrayNode sentences = json.putArray("notes");
    notes.forEach(sentences::add);
    return json;
  }
}
