package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.stats.Score;
import rankine.engine.stats.WilsonInterval;

/**
 * What an evaluation found.
 *
 * @param task what was asked
 * @param options the part, seed, limit and shots asked for
 * @param counts the outcome
 * @param setting how it came about
 * @param notes plain sentences that a reader of the figures must know
 */
public record EvaluationResult(
    Task task, EvaluationOptions options, Counts counts, Setting setting, List<String> notes) {

  public EvaluationResult {
    notes = List.copyOf(notes);
  }

  /**
   * The outcome.
   *
   * @param n examples
   * @param correct right ones (in a task with answers: exact matches)
   * @param interval 95 %, of correct / n
   * @param ties examples in which several choices have the highest score
   * @param truncated examples whose prompt was cut on the left
   * @param confusion absent in a task with answers
   * @param paperAccuracy correct / (n - 1), where the reference code divides so
   * @param lengthNormalisedAccuracy where choices differ in length: the share of examples whose
   *     right choice has the highest log-likelihood per token
   * @param f1 the mean, in a task with answers
   */
  public record Counts(
      int n,
      int correct,
      WilsonInterval interval,
      int ties,
      int truncated,
      Optional<ConfusionMatrix> confusion,
      OptionalDouble paperAccuracy,
      OptionalDouble lengthNormalisedAccuracy,
      OptionalDouble f1) {}

  /**
   * How it came about.
   *
   * @param shotsAsked demonstrations a class, by the user or the task
   * @param shotsUsed as many of them as the context holds
   * @param demonstrations where the rows shown stand
   * @param bosPolicy {@code bos ID} where every prompt begins with it, or {@code none}
   * @param prefixTokens ids that all prompts share, computed once
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
   * Where a row stands.
   *
   * @param split the role of its file
   * @param row from 0 in the file
   */
  public record RowLocation(String split, int row) {}

  /** Its figures, without where they come from. */
  public Score score() {
    return new Score(counts.n(), counts.correct(), counts.interval(), counts.f1());
  }

  /** correct / n; in a task with answers the share of exact matches. */
  public double accuracy() {
    return score().accuracy();
  }

  /** The whole result, keys in snake case. Absent figures have no key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", task.name());
    json.put("version", task.version());
    json.put("task_revision", task.revision());
    json.put("task_sha256", task.hash());
    json.put("split", options.part().label());
    json.put("n", counts.n());
    json.put("correct", counts.correct());
    json.put("accuracy", accuracy());
    json.putObject("interval")
        .put("method", "wilson")
        .put("level", counts.interval().level())
        .put("lower", counts.interval().lower())
        .put("upper", counts.interval().upper());
    counts.paperAccuracy().ifPresent(value -> json.put("paper_accuracy", value));
    counts
        .lengthNormalisedAccuracy()
        .ifPresent(value -> json.put("length_normalised_accuracy", value));
    counts.f1().ifPresent(value -> json.put("f1", value).put("exact_match", accuracy()));
    json.put("ties", counts.ties());
    json.put("truncated", counts.truncated());
    counts.confusion().ifPresent(matrix -> json.set("confusion", matrix.toJson()));
    json.put("shots_asked", setting.shotsAsked());
    json.put("shots_used", setting.shotsUsed());
    json.put("seed", options.seed());
    options.limit().ifPresent(limit -> json.put("limit", limit));
    ArrayNode shown = json.putArray("demonstrations");
    for (RowLocation place : setting.demonstrations()) {
      shown.addObject().put("split", place.split()).put("row", place.row());
    }
    json.put("bos", setting.bosPolicy());
    json.put("prefix_tokens", setting.prefixTokens());
    ArrayNode sentences = json.putArray("notes");
    notes.forEach(sentences::add);
    return json;
  }
}
