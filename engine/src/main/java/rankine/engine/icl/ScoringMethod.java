package rankine.engine.icl;

/** How a model's answer is taken. */
sealed interface ScoringMethod {

  /**
   * Prompt and choice are encoded together; a choice's score is the log-likelihood of all its ids
   * after the prompt's. A tie goes to the lowest class.
   */
  record Likelihood() implements ScoringMethod {}

  /**
   * The reference code's way: each choice is encoded alone, and one id of it is scored after the
   * prompt's ids. A tie is an error.
   */
  record FirstToken() implements ScoringMethod {}

  /**
   * The greedy continuation, up to a line break, against the accepted answers.
   *
   * @param maxTokens the longest answer, in ids
   * @param containment the reference code's F1: 1 for any answer that contains an accepted one
   */
  record Greedy(int maxTokens, boolean containment) implements ScoringMethod {}
}
