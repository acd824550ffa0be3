package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * How well a model predicts a text.
 *
 * @param windows number of windows
 * @param scored number of scored tokens
 * @param nll sum of their negative log-likelihoods, natural logarithm
 * @param interval of the perplexity
 */
public record TextScore(int windows, int scored, double nll, Interval interval) implements Score {
  @Override
  public Metric metric() {
    return Metric.PERPLEXITY;
  }

  @Override
  public int n() {
    return windows;
  }

  @Override
  public double value() {
    return -nllPerToken();
  }

  /** Returns the mean negative log-likelihood of a scored token. */
  public double nllPerToken() {
    return nll / scored;
  }

  /** Returns the perplexity: the exponential of {@link #nllPerToken}. */
  @Override
  public double shown() {
    return StrictMath.exp(nllPerToken());
  }

  @Override
  public Optional<Interval> range() {
    return Optional.of(interval);
  }

  /**
   * Keys {@code windows}, {@code scored}, {@code nll_per_token}, {@code perplexity}, {@code lower},
   * {@code upper}.
   */
  @Override
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("windows", windows)
        .put("scored", scored)
        .put("nll_per_token", nllPerToken())
        .put("perplexity", shown())
        .put("lower", interval.lower())
        .put("upper", interval.upper());
  }
}
