package rankine.engine.sweep;

import static rankine.common.io.JsonKind.NUMBER;
import static rankine.common.io.JsonKind.TEXT;
import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.common.io.Sha256;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.stats.Interval;
import rankine.engine.stats.TextScore;

/**
 * The evaluation of a model on a text.
 *
 * @param result as {@link Perplexity#figures}, with the protocol
 * @param nll negative log-likelihood of each window, natural logarithm, in the text's order
 * @param scored tokens of each window
 * @param prompts SHA-256 of the text's ids and the protocol: only the same windows are paired
 * @param manifest as {@link rankine.engine.run.Manifest#of}
 */
public record TextRecord(
    ObjectNode result, List<Double> nll, List<Integer> scored, String prompts, ObjectNode manifest)
    implements EvaluationRecord {

  /** As {@link Perplexity#toJson} writes it. */
  private static final JsonKind<Double> PERPLEXITY =
      JsonKind.of(
          "a number above 0, or \"Infinity\"",
          node -> perplexity(node) > 0,
          TextRecord::perplexity);

  private static double perplexity(JsonNode node) {
    return node.isNumber()
        ? node.doubleValue()
        : node.asText().equals("Infinity") ? Double.POSITIVE_INFINITY : Double.NaN;
  }

  /** Copies the lists. */
  public TextRecord {
    nll = List.copyOf(nll);
    scored = List.copyOf(scored);
  }

  /**
   * Returns the record of a measurement.
   *
   * @param nll of each window
   * @param scored tokens of each window
   */
  static TextRecord of(Perplexity perplexity, List<Double> nll, List<Integer> scored) {
    ObjectNode figures = perplexity.figures();
    String windows = figures.get("protocol") + " " + figures.at("/text/ids_sha256").textValue();
    return new TextRecord(figures, nll, scored, Sha256.hex(windows), perplexity.manifest());
  }

  static TextRecord of(JsonObject json) {
    TextRecord text =
        new TextRecord(
            json.object("result").tree(),
            json.list("nll", NUMBER),
            json.list("scored", integer(1, Integer.MAX_VALUE)),
            json.get("prompts_sha256", TEXT),
            json.object("manifest").tree());
    text.check(json);
    return text;
  }

  /** Checks that the result agrees with its windows. */
  private void check(JsonObject json) {
    if (nll.size() != scored.size() || nll.isEmpty()) {
      throw json.fault(
          "nll", scored.size() + " numbers as in scored, at least one", "" + nll.size());
    }
    JsonObject figures = json.object("result");
    int all = figures.get("scored", integer(1, Integer.MAX_VALUE));
    if (scored.stream().mapToLong(Integer::longValue).sum() != all) {
      throw json.fault("scored", "a sum of " + all + " as in result.scored", "another");
    }
    double sum = figures.get("sum_nll", number(0));
    if (nll.stream().mapToDouble(Double::doubleValue).sum() != sum) {
      throw json.fault("nll", "a sum of " + sum + " as in result.sum_nll", "another");
    }
    JsonObject interval = figures.object("interval");
    if (interval.get("lower", PERPLEXITY) > interval.get("upper", PERPLEXITY)) {
      throw interval.fault("lower", "at most upper", "more");
    }
  }

  @Override
  public void addTo(ObjectNode json) {
    json.set("result", result);
    nll.forEach(json.putArray("nll")::add);
    scored.forEach(json.putArray("scored")::add);
    json.put("prompts_sha256", prompts);
  }

  @Override
  public TextScore score() {
    return new TextScore(
        nll.size(),
        result.get("scored").intValue(),
        result.get("sum_nll").doubleValue(),
        new Interval(
            result.at("/interval/method").asText(),
            result.at("/interval/level").asDouble(),
            perplexity(result.at("/interval/lower")),
            perplexity(result.at("/interval/upper"))));
  }

  double[] nllArray() {
    return nll.stream().mapToDouble(Double::doubleValue).toArray();
  }

  int[] scoredArray() {
    return scored.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public boolean hasSamePrompts(EvaluationRecord other) {
    return other instanceof TextRecord text && prompts.equals(text.prompts);
  }

  @Override
  public boolean agreesWith(EvaluationRecord other) {
    return other instanceof TextRecord text
        && result.equals(text.result)
        && nll.equals(text.nll)
        && scored.equals(text.scored)
        && hasSamePrompts(text);
  }
}
