package rankine.engine.profile;

import rankine.engine.run.NextTokenLogits;

/** Compares next-token distributions. */
final class Divergence {
  private Divergence() {}

  /**
   * Returns {@code KL(p ‖ q) = Σ p (log p − log q)} in nats, p and q the softmax of the logits over
   * the whole vocabulary (Kullback and Leibler 1951), in float64. Exactly 0 for equal logits.
   *
   * @param plain logits of p, finite
   * @param edited logits of q, finite
   */
  static double kl(float[] plain, float[] edited) {
    double logP = NextTokenLogits.logSumExp(plain);
    double logQ = NextTokenLogits.logSumExp(edited);
    double sum = 0;
    for (int i = 0; i < plain.length; i++) {
      double p = plain[i] - logP;
      sum += StrictMath.exp(p) * (p - (edited[i] - logQ));
    }
    return Math.max(0, sum); // rounding may give a sum slightly below 0
  }

  /** Returns the index of the largest logit; on ties the first. */
  static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
