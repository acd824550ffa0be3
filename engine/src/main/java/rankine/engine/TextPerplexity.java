package rankine.engine;

import rankine.engine.perplexity.Perplexity;

/**
 * How well a model predicts a text.
 *
 * @param perplexity {@code exp(nll / scored)}
 * @param interval 95 % bootstrap interval of the perplexity, resampling windows
 * @param windows number of windows
 * @param scored number of scored tokens
 * @param nll sum of their negative log-likelihoods, natural logarithm
 * @param json the whole result with protocol and manifest, as {@code perplexity --format json}
 *     prints it
 */
public record TextPerplexity(
    double perplexity,
    ConfidenceInterval interval,
    int windows,
    int scored,
    double nll,
    String json) {

  static TextPerplexity of(Perplexity found) {
    return new TextPerplexity(
        found.perplexity(),
        new ConfidenceInterval(
            found.interval().interval().lower(), found.interval().interval().upper(), 0.95),
        found.windows(),
        found.scored(),
        found.nll(),
        found.toJson().toString());
  }
}
