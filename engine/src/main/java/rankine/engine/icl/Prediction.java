package rankine.engine.icl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The prediction for one example.
 *
 * @param part the evaluation split
 * @param split of the data file: train, validation or test
 * @param file the data file's name
 * @param row number in that file, from 0
 * @param promptHash SHA-256 of the whole prompt's text, in hex
 * @param logProbabilities log-likelihood (natural logarithm) of each choice, by class; empty in a
 *     generative task
 * @param predicted class index; absent in a generative task, and for a tie that counts as an error
 * @param gold class index; absent in a generative task
 * @param correct whether the prediction is correct (for an answer: an exact match)
 * @param tie whether several choices have the highest score
 * @param truncated whether the prompt was truncated on the left to fit the context
 * @param answer the answer, in a generative task
 */
public record Prediction(
    EvaluationSplit part,
    String split,
    String file,
    int row,
    String promptHash,
    List<Double> logProbabilities,
    OptionalInt predicted,
    OptionalInt gold,
    boolean correct,
    boolean tie,
    boolean truncated,
    Optional<Answer> answer) {

  public Prediction {
    logProbabilities = List.copyOf(logProbabilities);
  }

  /**
   * A generated answer.
   *
   * @param text up to the first line break, without leading and trailing white space; or the greedy
   *     continuation that is compared with the one choice, as it is
   * @param accepted the gold answers
   * @param f1 of {@code text} against the gold answers, in [0, 1]; absent where the choice's ids
   *     are compared
   * @param logLikelihood of the one choice (natural logarithm); absent in a free answer
   */
  public record Answer(
      String text, List<String> accepted, OptionalDouble f1, OptionalDouble logLikelihood) {
    public Answer {
      accepted = List.copyOf(accepted);
    }
  }

  /** The example's name: its file and row. */
  public String example() {
    return file + ":" + row;
  }

  /** F1 of a free answer; absent where a choice is predicted or compared. */
  public OptionalDouble f1() {
    return answer.map(Answer::f1).orElse(OptionalDouble.empty());
  }

  /** Returns the gold label's class index, or the list of gold answers of a generative task. */
  public JsonNode goldJson() {
    if (answer.isEmpty()) {
      return JsonNodeFactory.instance.numberNode(gold.getAsInt());
    }
    ArrayNode accepted = JsonNodeFactory.instance.arrayNode();
    answer.get().accepted().forEach(accepted::add);
    return accepted;
  }

  /** Returns one line of a predictions file. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("split", split);
    json.put("file", file);
    json.put("row", row);
    json.put("prompt_sha256", promptHash);
    if (answer.isPresent()) {
      json.put("answer", answer.get().text());
      json.set("gold", goldJson());
      answer.get().f1().ifPresent(f1 -> json.put("f1", f1));
      answer.get().logLikelihood().ifPresent(value -> json.put("log_likelihood", value));
    } else {
      ArrayNode scores = json.putArray("log_probabilities");
      logProbabilities.forEach(scores::add);
      if (predicted.isPresent()) {
        json.put("predicted", predicted.getAsInt());
      } else {
        json.putNull("predicted");
      }
      json.set("gold", goldJson());
    }
    json.put("correct", correct);
    json.put("tie", tie);
    json.put("truncated", truncated);
    json.put("part", part.label());
    return json;
  }
}
