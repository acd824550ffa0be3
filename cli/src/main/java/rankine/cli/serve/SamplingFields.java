package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import rankine.common.io.JsonKind;
import rankine.engine.run.GenerationConfig;

/**
 * The fields of sampling that completions and chats share. Those that OpenAI's protocol lacks have
 * the names that other servers use.
 *
 * @param temperature 0 is greedy decoding; 1 if absent
 * @param seed drawn if absent
 */
record SamplingFields(
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    List<String> stop,
    long seed) {
  private static final int MAX_STOPS = 64;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final JsonKind<Double> PROBABILITY =
      JsonKind.of(
          "a number above 0, at most 1",
          node -> node.isNumber() && node.doubleValue() > 0 && node.doubleValue() <= 1,
          JsonNode::doubleValue);

  private static final JsonKind<Double> PENALTY =
      JsonKind.of(
          "a number above 0, in float32",
          node -> node.isNumber() && GenerationConfig.isPenalty(node.doubleValue()),
          JsonNode::doubleValue);

  static SamplingFields read(RequestFields fields) {
    fields.unsupported("n", JSON.numberNode(1));
    fields.unsupported("presence_penalty", JSON.numberNode(0));
    fields.unsupported("frequency_penalty", JSON.numberNode(0));
    fields.unsupported("logit_bias", JSON.objectNode());
    return new SamplingFields(
        fields.get("temperature", JsonKind.number(0), 1.0),
        fields.get("top_p", PROBABILITY, 1.0),
        fields.get("top_k", JsonKind.integer(0, Integer.MAX_VALUE), 0),
        fields.get("min_p", JsonKind.number(0, 1), 0.0),
        fields.get("repetition_penalty", PENALTY, 1.0),
        stop(fields),
        fields.optional("seed", JsonKind.LONG).orElseGet(ThreadLocalRandom.current()::nextLong));
  }

  /** Reads one text, or a list of texts. */
  private static List<String> stop(RequestFields fields) {
    Optional<JsonNode> given = fields.node("stop");
    if (given.isEmpty()) {
      return List.of();
    }
    if (!given.get().isArray()) {
      return List.of(fields.required("stop", JsonKind.TEXT));
    }
    List<String> stops = fields.list("stop", JsonKind.TEXT);
    if (stops.size() > MAX_STOPS) {
      throw fields.fault("stop", "at most " + MAX_STOPS + " texts", stops.size() + " texts");
    }
    return stops;
  }

  GenerationConfig config(int maxTokens) {
    return new GenerationConfig(
        maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed);
  }
}
