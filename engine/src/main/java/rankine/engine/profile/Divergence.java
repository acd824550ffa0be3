package rankine.engine.profile;

/** The divergence of one next-token distribution from another. */
final class Divergence {
  private Divergence() {}

  /**
   * {@code KL(p ‖ q) = Σ p (log p − log q)} in nats, p and q the softmax of logits over the whole
   * vocabulary (Kullback and Leibler 1951), in float64. Exactly 0 for equal logits.
   *
   * @param plain logits of p, finite
   * @param edited logits of q, finite
   */
  static double kl(float[] plain, float[] edited) {
    double logP = logSumExp(plain);
    double logQ = logSumExp(edited);
    double sum = 0;
    for (int i = 0; i < plain.length; i++) {
      double p = plain[i] - logP;
      sum += Math.exp(p) * (p - (edited[i] - logQ));
    }
    return Math.max(0, sum); // rounding may take a sum of nearly nothing below 0
  }

  /** The index of the largest logit; of equals the first. */
  static int mostLikely(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double logSumExp(float[] logits) {
    double max = logits[mostLikely(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }
}
